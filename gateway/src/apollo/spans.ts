import { type Attributes, context, isSpanContextValid, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

/** Settings of spans, as `ApolloGateway` has them. */
export interface Telemetry {
  /** True when the span of a request has the document. */
  readonly includeDocument?: boolean;
  /** True, or a limit for each span, when spans have events for errors. */
  readonly recordExceptions?: boolean | number;
}

const tracer = trace.getTracer('@marquee/gateway');

/** Reports errors of the work in a span. */
type Report = (errors: readonly unknown[]) => void;

const ignore: Report = () => {};

/**
 * Runs work in a span of Apollo Gateway's name; the span has the error status when the work rejects or reports errors. Without a tracer
 * provider the work runs as it is.
 */
export function inSpan<Result>(
  name: `gateway.${'request' | 'validate' | 'plan' | 'execute' | 'fetch' | 'postprocessing'}`,
  attributes: Attributes,
  telemetry: Telemetry | undefined,
  work: (report: Report) => Result | Promise<Result>,
): Result | Promise<Result> {
  const span = tracer.startSpan(name, { attributes });
  if (!isSpanContextValid(span.spanContext())) return work(ignore);
  return context.with(trace.setSpan(context.active(), span), async () => {
    const report: Report = (errors) => reportErrors(span, errors, telemetry);
    try {
      return await work(report);
    } catch (error) {
      report([error]);
      throw error;
    } finally {
      span.end();
    }
  });
}

function reportErrors(span: Span, errors: readonly unknown[], telemetry: Telemetry | undefined): void {
  if (errors.length === 0 || !span.isRecording()) return;
  span.setStatus({ code: SpanStatusCode.ERROR });
  const { recordExceptions = false } = telemetry ?? {};
  const limit = typeof recordExceptions === 'number' ? recordExceptions : recordExceptions ? errors.length : 0;
  for (const error of errors.slice(0, Math.max(0, limit))) span.recordException(error as Error);
}
