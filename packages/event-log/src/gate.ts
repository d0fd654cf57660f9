/** A signal of a possible change to one waiter. */
export interface Gate {
  open(): void;
  /** Resolves at the next `open()`, at once after an `open()` since the last wait, after `ms`, or on abort. */
  wait(signal: AbortSignal, ms?: number): Promise<void>;
}

/** Creates a gate, which remembers an `open()` without a waiter. */
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
