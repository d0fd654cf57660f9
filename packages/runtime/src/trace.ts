import type { IncomingHttpHeaders } from 'node:http';

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
