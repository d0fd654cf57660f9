import { withTrace } from '@marquee/runtime/current-trace';
import type { Tracing } from '@marquee/runtime/tracing';
import type { WithinTrace } from '../application/ingest-movies.ts';

/** Returns a function that runs the ingestion of an entity in a trace of its own. */
export function traceEntities(tracing: Tracing): WithinTrace {
  return async ({ kind, id }, ingest) => {
    const attributes = { 'marquee.entity.id': String(id) };
    const trace = tracing.begin({}, `ingest ${kind}`, { kind: 'internal', attributes });
    try {
      return await withTrace(trace, ingest);
    } finally {
      trace?.end();
    }
  };
}
