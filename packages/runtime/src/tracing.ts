import type { ProcessContext } from './process.ts';
import type { Trace, Tracing } from './trace.ts';

export type { Attributes, PartEnd, Trace, TraceKind, Tracing } from './trace.ts';

/** https://www.w3.org/TR/trace-context/#traceparent-header: versions to come may have more behind. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** Forwards trace headers without recording spans (https://www.w3.org/TR/trace-context/#design-overview). */
const passing: Tracing = {
  begin({ traceparent, tracestate }) {
    if (typeof traceparent !== 'string') return undefined;
    const [, id] = TRACEPARENT.exec(traceparent) ?? [];
    if (id === undefined) return undefined;
    const headers = typeof tracestate === 'string' ? { traceparent, tracestate } : { traceparent };
    const trace: Trace = { id, headers, isRecorded: false, begin: () => trace, link() {}, end() {} };
    return trace;
  },
};

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns tracing that sends spans to a collector where the environment names one (`OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`). Elsewhere it forwards trace headers, and loads nothing of OpenTelemetry.
 *
 * @throws MarqueeError `INVALID_CONFIG` for an unknown sampler
 */
export async function createTracing(ctx: ProcessContext, env: Environment = process.env): Promise<Tracing> {
  const isOff =
    (!env.OTEL_EXPORTER_OTLP_ENDPOINT && !env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) ||
    env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' ||
    env.OTEL_TRACES_EXPORTER === 'none';
  if (isOff) return passing;
  const { exportTraces } = await import('./trace-export.ts');
  return exportTraces(ctx, env);
}
