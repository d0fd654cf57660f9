import { setTimeout as delay } from 'node:timers/promises';

/** Delays in milliseconds, each double the previous one. */
export interface BackOff {
  next(): number;
  /** Starts again with the first delay. */
  reset(): void;
}

/** Returns delays that double from 100 ms to 10 s. */
export function backOff(first = 100, longest = 10_000): BackOff {
  let current = first;
  return {
    next() {
      const delayMs = current;
      current = Math.min(current * 2, longest);
      return delayMs;
    },
    reset() {
      current = first;
    },
  };
}

/** Waits, or resolves early when the signal is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** Returns the result of `work`, or rejects with `late()` after `ms`. Does not cancel the work. */
export async function within<T>(ms: number, work: Promise<T>, late: () => unknown): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => expired.reject(late()), Math.max(1, ms));
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
