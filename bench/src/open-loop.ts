import { performance } from 'node:perf_hooks';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';

export interface OpenLoop {
  readonly perSecond: number;
  readonly seconds: number;
  /** Ends the loop early. */
  readonly signal?: AbortSignal;
}

/** Number of calls in a row when the loop is late. */
const BURST = 16;

/**
 * Calls back at scheduled times, whether or not earlier work is done: a stalled server gets no fewer requests.
 *
 * @param begin gets the scheduled time, as `performance.now()`. Latencies count from it, so that a stall counts
 *   (coordinated omission).
 */
export async function openLoop({ perSecond, seconds, signal }: OpenLoop, begin: (due: number) => void): Promise<void> {
  const start = performance.now();
  for (let index = 0; index < perSecond * seconds; index++) {
    const due = start + (index * 1_000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await sleep(wait, undefined, signal && { signal }).catch(rethrowUnless(signal));
    // A late loop yields too: responses and signals must be handled.
    else if (index % BURST === 0) await turn();
    if (signal?.aborted) return;
    begin(due);
  }
}

/** Ignores the error of a wait that its signal ended. */
function rethrowUnless(signal: AbortSignal | undefined): (error: unknown) => void {
  return (error) => {
    if (!signal?.aborted) throw error;
  };
}
