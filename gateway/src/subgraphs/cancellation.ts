/** Work that a cancellation stops. */
export interface Cancellable {
  stop(): void;
}

/**
 * Cancels work when its last waiter leaves. A waiter is a cancellation too: an execution waits for a fetch, clients
 * wait for an execution. It replaces `AbortSignal`, whose listeners cost several times as much.
 */
export class Cancellation {
  #isCancelled = false;
  #waiters = 0;
  /** Cancellations that this one waits for. */
  #awaited: Cancellation[] | undefined;
  /** Undefined while there is nothing to stop. */
  work: Cancellable | undefined;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  /** Adds a waiter, which leaves when it is cancelled. Without a waiter the work is never cancelled. */
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

/** Cancelled work rejects with this error; no client receives it. */
export class Cancelled extends Error {
  constructor() {
    super('cancelled: no client waits for it');
  }
}
