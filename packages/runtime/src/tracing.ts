import type { IncomingHttpHeaders } from 'node:http';
import type { ProcessContext } from './process.ts';

/** What a part of a trace is told of itself: names as OpenTelemetry's semantic conventions have them, values of low cardinality. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export interface PartOptions {
  readonly attributes?: Attributes;
  /** Whether it is a request to somebody else. */
  readonly isRequest?: boolean;
  /** When it began, as `Date.now()`; by default now. */
  readonly startTime?: number;
}

export interface PartEnd {
  /** In place of the name that it began with. */
  readonly name?: string;
  readonly attributes?: Attributes;
  /** What kind of error it ended with, if it did. */
  readonly error?: string | undefined;
}

/** A trace at one of its parts, which is under way. */
export interface Trace {
  /** For logs. */
  readonly id: string;
  /** `traceparent` and `tracestate` (https://www.w3.org/TR/trace-context/) of requests to others that belong to this part. */
  readonly headers: Readonly<Record<string, string>>;
  /** Whether somebody will see what it is told. */
  readonly isRecorded: boolean;
  /** Begins a part of this part. */
  begin(name: string, options?: PartOptions): Trace;
  /** Tells that another part, of this trace or another, did the work for this one. */
  link(other: Trace): void;
  end(end?: PartEnd): void;
}

/** Traces of the requests that a process answers. */
export interface Tracing {
  /** Begins the part of a request: in the trace that its headers name, or in one of its own; undefined where there is none. */
  begin(headers: IncomingHttpHeaders, name: string): Trace | undefined;
}

/** https://www.w3.org/TR/trace-context/#traceparent-header: versions to come may have more behind. */
const TRACEPARENT = /^(?!ff)[\da-f]{2}-(?!0{32})([\da-f]{32})-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/;

/** Takes no part in traces, and passes them on as they came (https://www.w3.org/TR/trace-context/#design-overview). */
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
 * Sends spans to a collector where the environment names one by OpenTelemetry's variables (`OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`); elsewhere traces pass through, and nothing of OpenTelemetry is loaded.
 *
 * @throws MarqueeError `INVALID_CONFIG` for a sampler that is not known
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
