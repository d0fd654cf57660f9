import type { IncomingHttpHeaders } from 'node:http';

/** Attributes of a span: names of the semantic conventions of OpenTelemetry, values of low cardinality. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** The role of a span: https://opentelemetry.io/docs/specs/otel/trace/api/#spankind */
export type TraceKind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

export interface PartOptions {
  readonly attributes?: Attributes;
  /** By default `internal`. */
  readonly kind?: TraceKind;
  /** The start, as `Date.now()`; by default now. */
  readonly startTime?: number;
}

export interface PartEnd {
  /** Replaces the name from the start of the span. */
  readonly name?: string;
  readonly attributes?: Attributes;
  /** The type of the error that ended the span. */
  readonly error?: string | undefined;
}

/** A trace at one of its open spans. */
export interface Trace {
  /** The trace id, for logs. */
  readonly id: string;
  /** The headers of the configured propagators (`OTEL_PROPAGATORS`) for requests to other processes within this span. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * `traceparent` and `tracestate` (https://www.w3.org/TR/trace-context/) for records, whatever the propagators are: consumers of a topic
   * are configured apart, and baggage of clients is not stored.
   */
  readonly recordHeaders: Readonly<Record<string, string>>;
  /** True when a collector receives the span. */
  readonly isRecorded: boolean;
  /** Starts a child span. */
  begin(name: string, options?: PartOptions): Trace;
  /** Links to the span, of this trace or another, that did the work for this one. */
  link(other: Trace): void;
  end(end?: PartEnd): void;
}

/** Traces of the requests and records that a process handles, and of the work that it begins. */
export interface Tracing {
  /** Starts a span, by default of kind `server`: in the trace of these headers or in a new one; undefined without tracing. */
  begin(headers: IncomingHttpHeaders, name: string, options?: PartOptions): Trace | undefined;
  /** Starts a span as `begin` does, in the trace of a record's headers ({@link Trace.recordHeaders}). */
  beginFromRecord(headers: IncomingHttpHeaders, name: string, options?: PartOptions): Trace | undefined;
}
