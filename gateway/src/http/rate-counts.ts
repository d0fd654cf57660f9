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
