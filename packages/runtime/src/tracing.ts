import type { IncomingHttpHeaders } from 'node:http';
import type { ProcessContext } from './process.ts';
import type { Trace, Tracing } from './trace.ts';
import type { TracingConfig } from './tracing-config.ts';

export type { Attributes, PartEnd, Trace, TraceKind, Tracing } from './trace.ts';

/** https://www.w3.org/TR/trace-context/#traceparent-header: versions to come may have more behind. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** Forwards trace headers without recording spans (https://www.w3.org/TR/trace-context/#design-overview). */
const passing: Tracing = { begin: pass, beginFromRecord: pass };

function pass({ traceparent, tracestate }: IncomingHttpHeaders): Trace | undefined {
  if (typeof traceparent !== 'string') return undefined;
  const [, id] = TRACEPARENT.exec(traceparent) ?? [];
  if (id === undefined) return undefined;
  const headers = typeof tracestate === 'string' ? { traceparent, tracestate } : { traceparent };
  const trace: Trace = {
    id,
    headers,
    recordHeaders: headers,
    isRecorded: false,
    begin: () => trace,
    link() {},
    end() {},
  };
  return trace;
}

/**
 * Returns tracing that sends spans to a collector where the configuration names one (`OTEL_EXPORTER_OTLP_ENDPOINT`,
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`, or `OTEL_TRACES_EXPORTER` for a collector at the default address). Elsewhere it forwards
 * `traceparent` and `tracestate`, and loads nothing of OpenTelemetry.
 */
export async function createTracing(ctx: ProcessContext, config: TracingConfig): Promise<Tracing> {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: tracesEndpoint } = config;
  const exporter = config.OTEL_TRACES_EXPORTER;
  const isOff =
    (!endpoint && !tracesEndpoint && !exporter) ||
    config.OTEL_SDK_DISABLED?.toLowerCase() === 'true' ||
    exporter === 'none';
  if (isOff) return passing;
  const { exportTraces } = await import('./trace-export.ts');
  return exportTraces(ctx, config);
}
