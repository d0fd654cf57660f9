import { setTimeout as delay } from 'node:timers/promises';

/** Waiting times in milliseconds, each the double of the one before. */
export interface BackOff {
  next(): number;
  /** Starts over, after a success. */
  reset(): void;
}

/** 100 ms, doubling to 10 s. */
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

/** Waits; returns early, without an error, when the signal is aborted. */
export async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  try {
    await delay(ms, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
}

/** The result of `work`, or the error of `late()` when it takes longer than `ms`. The work itself is not stopped. */
export async function within<T>(ms: number, work: Promise<T>, late: () => unknown): Promise<T> {
  const expired = Promise.withResolvers<never>();
  const timer = setTimeout(() => expired.reject(late()), Math.max(1, ms));
  try {
    return await Promise.race([work, expired.promise]);
  } finally {
    clearTimeout(timer);
  }
}
