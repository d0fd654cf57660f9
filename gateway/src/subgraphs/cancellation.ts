/** Work that can be stopped. */
export interface Stoppable {
  stop(): void;
}

/**
 * Cancels work once nobody waits for it any more. What waits may itself be waited for: executions wait for a fetch, clients for an execution.
 * It stands in for `AbortSignal`, whose listeners cost several times as much.
 */
export class Cancellation {
  #isCancelled = false;
  #waiters = 0;
  /** Work that this waits for. */
  #awaited: Cancellation[] | undefined;
  /** The work; undefined where there is nothing to stop at the moment. */
  work: Stoppable | undefined;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Adds one who waits until it is cancelled itself; without a waiter the work is never cancelled. */
  addWaiter(waiter: Cancellation | undefined): void {
    this.#waiters += 1;
    if (waiter === undefined) return;
    if (waiter.#isCancelled) this.#leave();
    else if (waiter.#awaited === undefined) waiter.#awaited = [this];
    else waiter.#awaited.push(this);
  }

  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.work?.stop();
    for (const awaited of this.#awaited ?? []) awaited.#leave();
  }

  #leave(): void {
    this.#waiters -= 1;
    if (this.#waiters === 0) this.cancel();
  }
}

/** The error of work that was cancelled: nobody is told of it. */
export class Cancelled extends Error {
  constructor() {
    super('nobody waits for it any more');
  }
}
