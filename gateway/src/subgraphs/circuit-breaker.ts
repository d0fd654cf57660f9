import type { Registry } from '@marquee/runtime/metrics';
import { BrokenCircuitError, CircuitState, circuitBreaker, handleWhen, SamplingBreaker } from 'cockatiel';
import { Gauge } from 'prom-client';
import { Cancelled } from './cancellation.ts';
import { type HttpAnswer, Overloaded, TimedOut } from './http-pool.ts';
import { UnusableAnswer } from './response-content.ts';

/** When a subgraph is taken for one that is away. */
export interface CircuitOptions {
  /** The share of failures that opens it, in per cent, from 1 to 99. */
  readonly failurePercent: number;
  /** The time over which failures are counted, milliseconds. */
  readonly windowMs: number;
  /** With fewer requests in that time it stays closed. */
  readonly minimumRequests: number;
  /** How long it stays open before one request tries, milliseconds. */
  readonly openMs: number;
}

/** Lets requests to one subgraph through, or refuses them with cockatiel's `BrokenCircuitError`: it failed too often lately. */
export interface Circuit {
  run(send: () => Promise<HttpAnswer>): Promise<HttpAnswer>;
}

/** Asks a subgraph for next to nothing; rejects, or resolves to an answer. */
export type Probe = () => Promise<HttpAnswer>;

/** Told of every change: `true` when requests are refused from now on, `false` when they are let through again. */
export type OnCircuitChange = (subgraph: string, isOpen: boolean) => void;

/** Values of the gauge. */
const STATES = {
  [CircuitState.Closed]: 0,
  [CircuitState.HalfOpen]: 1,
  [CircuitState.Open]: 2,
  [CircuitState.Isolated]: 2,
};

/** Statuses by which whoever stands before a subgraph says that it is away (RFC 9110, sections 15.6.3 to 15.6.5). */
export const isAway = (status: number) => status === 502 || status === 503 || status === 504;

/**
 * Circuit breakers of subgraphs, whose states `marquee_subgraph_circuit_state{subgraph}` tells: 0 closed, 1 half-open, 2 open. What counts
 * as a failure: no connection, no answer in time, 502, 503 and 504. GraphQL errors do not, nor does what this process refuses by itself.
 *
 * A request that gets no answer in time says nothing about the subgraph while that answers a probe: the operation is slow, and its client
 * must not keep others from the subgraph. Nor does a request that was cancelled; where it was the one that tries, a probe decides.
 */
export function createCircuits(
  metrics: Registry,
  options: CircuitOptions | undefined,
  onChange: OnCircuitChange,
): (subgraph: string, probe: Probe) => Circuit {
  if (options === undefined) return () => ({ run: (send) => send() });
  const { failurePercent, windowMs, minimumRequests, openMs } = options;
  const gauge = new Gauge({
    name: 'marquee_subgraph_circuit_state',
    help: 'Whether requests to a subgraph are let through: 0 closed (all), 1 half-open (one tries), 2 open (none).',
    labelNames: ['subgraph'] as const,
    // Of several processes the one that has most to tell.
    aggregator: 'max',
    registers: [metrics],
  });
  /** Errors of requests that were too slow, or were cancelled, while the subgraph answers. */
  const harmless = new WeakSet<Error>();
  const failures = handleWhen(
    (error) => !(error instanceof Overloaded || error instanceof UnusableAnswer || harmless.has(error as Error)),
  ).orWhenResult((answer) => isAway((answer as HttpAnswer).status));
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
    // While it is closed only failures may open it: what goes well is counted without two more promises for each request.
    const judge = (outcome: () => HttpAnswer) =>
      breaker.state === CircuitState.Closed ? breaker.execute(outcome) : outcome();
    const onAnswer = (answer: HttpAnswer) => {
      if (isAway(answer.status)) return judge(() => answer);
      counts.success(CircuitState.Closed);
      return answer;
    };
    /** The probe in progress, which all requests that time out meanwhile share. */
    let probing: Promise<void> | undefined;
    async function look(): Promise<boolean> {
      probing ??= probe()
        .then(({ status }) => {
          if (isAway(status)) throw new Error(`The probe was answered with status ${status}.`);
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
      judge(() => {
        throw error;
      });
    const onFailure = async (error: unknown): Promise<HttpAnswer> => {
      if (error instanceof Cancelled || (error instanceof TimedOut && (await look()))) throw error;
      return fail(error);
    };
    async function attempt(send: () => Promise<HttpAnswer>): Promise<HttpAnswer> {
      try {
        return await send();
      } catch (error) {
        if ((error instanceof TimedOut || error instanceof Cancelled) && (await look())) harmless.add(error);
        throw error;
      }
    }
    return {
      run(send) {
        if (breaker.state === CircuitState.Closed) return send().then(onAnswer, onFailure);
        // Nobody waits for the one that tries: it may take as long as the time-out.
        if (breaker.state === CircuitState.HalfOpen) return Promise.reject(new BrokenCircuitError());
        return breaker.execute(() => attempt(send));
      },
    };
  };
}
