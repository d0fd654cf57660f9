/** How often something happened in the window that is open, and when that ends, in ms from now. */
export interface RateCount {
  readonly current: number;
  readonly ttl: number;
}

/**
 * Counts in windows of time, each of which begins with the first that is counted in it.
 *
 * @param add whether this is one more
 */
export type CountRate<Count = RateCount | Promise<RateCount>> = (key: string, windowMs: number, add: boolean) => Count;
