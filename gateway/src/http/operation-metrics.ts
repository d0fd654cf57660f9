import { labelOf, OTHER } from '@marquee/runtime/label';
import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Histogram } from 'prom-client';

/**
 * The outcome of a request: data alone, errors that the client can avoid, a failure of the gateway or a subgraph, rejected before execution,
 * or cancelled because its client left.
 */
export type Outcome = 'ok' | 'errors' | 'failed' | 'refused' | 'cancelled';

/** Histograms of one operation by outcome, with labels resolved once. */
export type OperationMeter = Readonly<Record<Outcome, Histogram.Internal<string>>>;

export interface OperationMetrics {
  /** Returns the meter of an operation; unnamed operations share one, and so do those beyond the limit. */
  meterOf(operation: { readonly kind: string; readonly name: string | undefined }): OperationMeter;
  /** The meter of requests that are rejected before the operation is known. */
  readonly unknown: OperationMeter;
  countError(code: unknown): void;
}

const ANONYMOUS = 'anonymous';
const MOST_CODES = 100;

/**
 * Registers `marquee_operation_seconds{operation,type,outcome}`, from a request's headers to its response, and
 * `marquee_operation_errors_total{code}`.
 *
 * @param namedOperations limit of names with time series of their own; later ones are `other`
 */
export function createOperationMetrics(registry: Registry, namedOperations: number): OperationMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'marquee_operation_seconds',
    help: 'Time from the headers of a GraphQL request to its response, by operation name.',
    labelNames: ['operation', 'type', 'outcome'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const errors = new Counter({
    name: 'marquee_operation_errors_total',
    help: 'Errors in responses, by code.',
    labelNames: ['code'] as const,
    registers,
  });
  const names = bounded(namedOperations);
  const codes = bounded(MOST_CODES);
  const meter = (operation: string, type: string): OperationMeter => ({
    ok: seconds.labels(operation, type, 'ok'),
    errors: seconds.labels(operation, type, 'errors'),
    failed: seconds.labels(operation, type, 'failed'),
    refused: seconds.labels(operation, type, 'refused'),
    cancelled: seconds.labels(operation, type, 'cancelled'),
  });
  return {
    meterOf: ({ kind, name }) => meter(name === undefined ? ANONYMOUS : names(name), kind),
    unknown: meter('unknown', 'unknown'),
    countError: (code) => errors.inc({ code: typeof code === 'string' ? codes(code) : OTHER }),
  };
}

const FAILURE =
  /^(?:INTERNAL_SERVER_ERROR|SERVICE_UNAVAILABLE|DOWNSTREAM_SERVICE_ERROR|SUBGRAPH_\w+|PLANN(?:ER|ING)_\w+)$/;

/** Returns true for a code of errors that clients cannot avoid. */
export function isFailure(code: unknown): boolean {
  return typeof code === 'string' && FAILURE.test(code);
}

/** Creates a function that keeps the first `most` labels and returns {@link OTHER} for others. */
function bounded(most: number): (name: string) => string {
  const labels = new Set<string>();
  return (name) => {
    const value = labelOf(name);
    if (labels.has(value)) return value;
    if (labels.size >= most) return OTHER;
    labels.add(value);
    return value;
  };
}
