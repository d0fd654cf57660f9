import { LRUCache } from 'lru-cache';

/** The count in the present window, and the time until its end in ms. */
export interface RateCount {
  readonly current: number;
  readonly ttl: number;
}

/**
 * Counts in windows of time; the first event that is counted begins one.
 *
 * @param add true to count an event, false to read
 */
export type CountRate<Count = RateCount | Promise<RateCount>> = (key: string, windowMs: number, add: boolean) => Count;

/** Limit of counted clients; the least recently active are dropped first. */
const CLIENTS = 100_000;

/** Creates counts in this process's memory. */
export function createRateCounts(): CountRate<RateCount> {
  const windows = new LRUCache<string, { current: number; readonly end: number }>({ max: CLIENTS });
  return (key, windowMs, add) => {
    const now = Date.now();
    let window = windows.get(key);
    if (window === undefined || window.end <= now) {
      if (!add) return { current: 0, ttl: 0 };
      window = { current: 0, end: now + windowMs };
      windows.set(key, window);
    }
    if (add) window.current += 1;
    return { current: window.current, ttl: window.end - now };
  };
}
