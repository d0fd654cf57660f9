const BASE_SECONDS = 10;
const LONGEST_SECONDS = 86_400;

/**
 * Returns the seconds until a failed entity is requested again: 10 s, doubled by each attempt up to a day, with jitter of half of it, so
 * that entities that failed together are not retried together.
 *
 * @param attempts number of failures, this one included
 * @param random from 0 up to, but not including, 1
 */
export function retryInSeconds(attempts: number, random: number): number {
  const longest = Math.min(LONGEST_SECONDS, BASE_SECONDS * 2 ** Math.min(attempts - 1, 20));
  return longest * (0.5 + random / 2);
}
