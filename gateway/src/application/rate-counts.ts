import { LRUCache } from 'lru-cache';

/** How often something happened in the window that is open, and when that ends, in ms from now. */
export interface RateCount {
  readonly current: number;
  readonly ttl: number;
}

/** Clients that are remembered; the ones that were silent longest are forgotten first. */
const CLIENTS = 100_000;

/** Counts by key in windows of time, each of which begins with the first that is counted in it. */
export class RateCounts {
  readonly #windows = new LRUCache<string, { current: number; readonly end: number }>({ max: CLIENTS });

  /** @param add whether this is one more */
  count(key: string, windowMs: number, add: boolean): RateCount {
    const now = Date.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.end <= now) {
      if (!add) return { current: 0, ttl: 0 };
      window = { current: 0, end: now + windowMs };
      this.#windows.set(key, window);
    }
    if (add) window.current += 1;
    return { current: window.current, ttl: window.end - now };
  }
}
