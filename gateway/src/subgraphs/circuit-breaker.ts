import type { Registry } from '@marquee/runtime/metrics';
import { BrokenCircuitError, CircuitState, circuitBreaker, handleWhen, SamplingBreaker } from 'cockatiel';
import { Gauge } from 'prom-client';
import { Cancelled } from './cancellation.ts';
import { type HttpResponse, PoolOverloaded, RequestTimeout } from './http-pool.ts';
import { UnusableResponse } from './response-content.ts';

/** Thresholds of a circuit breaker. */
export interface CircuitBreakerOptions {
  /** Share of failures that opens it, in percent, from 1 to 99. */
  readonly failurePercent: number;
  /** Window in which failures are counted, in ms. */
  readonly windowMs: number;
  /** Requests in a window below which it stays closed. */
  readonly minimumRequests: number;
  /** Time that it stays open before a trial request, in ms. */
  readonly openMs: number;
}

/** Sends requests to one subgraph, or rejects with cockatiel's `BrokenCircuitError` while it is open. */
export interface CircuitBreaker {
  run(send: () => Promise<HttpResponse>): Promise<HttpResponse>;
}

/** Sends a minimal query to a subgraph. */
export type Probe = () => Promise<HttpResponse>;

/** Called when the breaker opens and when it closes. */
export type OnCircuitStateChange = (subgraph: string, isOpen: boolean) => void;

/** Values of the gauge by state. */
const STATES = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

/**
 * Returns true for statuses by which a proxy says that the subgraph is unavailable (RFC 9110, sections 15.6.3 to
 * 15.6.5).
 */
export const isUnavailable = (status: number) => status === 502 || status === 503 || status === 504;

/**
 * Creates circuit breakers; `marquee_subgraph_circuit_state{subgraph}` has their states: 0 closed, 1 half-open, 2 open.
 * Failures are: no connection, a timeout, and the statuses 502, 503 and 504. GraphQL errors and requests that this
 * process rejects are not.
 *
 * A timeout does not count while the subgraph answers a probe: the operation is slow, and one client must not keep
 * others from the subgraph. A cancelled request does not count either; if it was the trial request, a probe decides.
 */
export function createCircuitBreakers(
  metrics: Registry,
  options: CircuitBreakerOptions | undefined,
  onChange: OnCircuitStateChange,
): (subgraph: string, probe: Probe) => CircuitBreaker {
  if (options === undefined) return () => ({ run: (send) => send() });
  const { failurePercent, windowMs, minimumRequests, openMs } = options;
  const gauge = new Gauge({
    name: 'marquee_subgraph_circuit_state',
    help: 'State of the circuit breaker: 0 closed (sends all requests), 1 half-open (one trial request), 2 open (none).',
    labelNames: ['subgraph'] as const,
    // The worst state of all worker processes.
    aggregator: 'max',
    registers: [metrics],
  });
  /** Errors of requests that timed out or were cancelled while the subgraph answered a probe. */
  const harmless = new WeakSet<Error>();
  const failures = handleWhen(
    (error) => !(error instanceof PoolOverloaded || error instanceof UnusableResponse || harmless.has(error as Error)),
  ).orWhenResult((answer) => isUnavailable((answer as HttpResponse).status));
  return (subgraph, probe) => {
    gauge.set({ subgraph }, 0);
    const counts = new SamplingBreaker({
      threshold: failurePercent / 100,
      duration: windowMs,
      minimumRps: (minimumRequests / windowMs) * 1_000,
    });
    const breaker = circuitBreaker(failures, { halfOpenAfter: openMs, breaker: counts });
    breaker.onStateChange((state) => {
      gauge.set({ subgraph }, STATES[state]);
      if (state !== CircuitState.HalfOpen) onChange(subgraph, state === CircuitState.Open);
    });
    // While it is closed only failures may open it. Counting successes directly saves two promises for each request.
    const countOutcome = (outcome: () => HttpResponse) =>
      breaker.state === CircuitState.Closed ? breaker.execute(outcome) : outcome();
    const onAnswer = (answer: HttpResponse) => {
      if (isUnavailable(answer.status)) return countOutcome(() => answer);
      counts.success(CircuitState.Closed);
      return answer;
    };
    /** The probe in progress, shared by all requests that time out meanwhile. */
    let probing: Promise<void> | undefined;
    async function isAlive(): Promise<boolean> {
      probing ??= probe()
        .then(({ status }) => {
          if (isUnavailable(status)) throw new Error(`The probe got the status ${status}.`);
        })
        .finally(() => {
          probing = undefined;
        });
      return probing.then(
        () => true,
        () => false,
      );
    }
    const fail = (error: unknown) =>
      countOutcome(() => {
        throw error;
      });
    const onFailure = async (error: unknown): Promise<HttpResponse> => {
      if (error instanceof Cancelled || (error instanceof RequestTimeout && (await isAlive()))) throw error;
      return fail(error);
    };
    async function attempt(send: () => Promise<HttpResponse>): Promise<HttpResponse> {
      try {
        return await send();
      } catch (error) {
        if ((error instanceof RequestTimeout || error instanceof Cancelled) && (await isAlive())) harmless.add(error);
        throw error;
      }
    }
    return {
      run(send) {
        if (breaker.state === CircuitState.Closed) return send().then(onAnswer, onFailure);
        // Reject instead of waiting for the trial request, which may take as long as the timeout.
        if (breaker.state === CircuitState.HalfOpen) return Promise.reject(new BrokenCircuitError());
        return breaker.execute(() => attempt(send));
      },
    };
  };
}
