const BASE_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
const LONGEST_RETRY_AFTER_MS = 60_000;
const SPREAD_MS = 250;

/**
 * Returns the delay before a retry, in milliseconds. Exponential backoff with full jitter keeps requests that failed together from
 * being retried together: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * A Retry-After is obeyed, up to a minute.
 *
 * @param retries number of previous retries
 * @param retryAfterMs the response's Retry-After
 * @param random from 0 up to, but not including, 1
 */
export function retryDelay(retries: number, retryAfterMs: number | undefined, random: number): number {
  const backoff = random * Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** retries);
  if (retryAfterMs === undefined) return backoff;
  // A Retry-After of 0 must not cause immediate retries of a server that keeps refusing.
  return Math.max(backoff, Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs) + random * SPREAD_MS);
}

/** Parses a Retry-After header, seconds or an HTTP date (RFC 9110, section 10.2.3), to milliseconds. */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse accepts text that is no date; an HTTP date begins with the name of a day.
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
