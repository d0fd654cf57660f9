import type { Cancellation } from './cancellation.ts';

/** Work in progress that equal requests may join. */
export interface InFlightWork<Result, Trace> {
  readonly result: Promise<Result>;
  readonly trace: Trace;
  /** Each joining request is added as a waiter. */
  readonly cancellation: Cancellation;
}

interface Entry<Result, Trace> extends InFlightWork<Result, Trace> {
  readonly epoch: number;
}

/**
 * Work in progress by key. An equal request joins it while no write has begun or ended since (`WriteTracker.epoch`) and
 * it is not cancelled.
 */
export class InFlight<Result, Trace> {
  readonly #entries = new Map<string, Entry<Result, Trace>>();

  find(key: string, epoch: number): InFlightWork<Result, Trace> | undefined {
    const entry = this.#entries.get(key);
    return entry?.epoch === epoch && !entry.cancellation.isCancelled ? entry : undefined;
  }

  /** Lets requests of this epoch join the work until it ends. It replaces older work under the same key. */
  add(key: string, epoch: number, work: Promise<Result>, trace: Trace, cancellation: Cancellation): Promise<Result> {
    const result = work.finally(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    const entry = { epoch, result, trace, cancellation };
    this.#entries.set(key, entry);
    return result;
  }
}
