/** Lets waiters through when something may have changed. */
export interface Gate {
  open(): void;
  /** Resolves at the next `open()`, at once when it was opened since the last wait, when the time is over, or on abort. */
  wait(signal: AbortSignal, ms?: number): Promise<void>;
}

/** For one waiter. An `open()` that nobody waits for is remembered, so that none is missed. */
export function createGate(): Gate {
  let isOpen = false;
  let wake = () => {};
  return {
    open() {
      isOpen = true;
      wake();
    },
    async wait(signal, ms) {
      if (!isOpen && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = () => resolve();
        const timer = ms === undefined ? undefined : setTimeout(wake, ms);
        signal.addEventListener('abort', wake);
        await promise;
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
      }
      isOpen = false;
    },
  };
}
