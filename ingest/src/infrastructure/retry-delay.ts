const BASE_MS = 500;
const LONGEST_BACKOFF_MS = 20_000;
const LONGEST_RETRY_AFTER_MS = 60_000;
const SPREAD_MS = 250;

/**
 * How long to wait before a request is repeated, in milliseconds. Exponential back-off with full jitter, so that requests that failed
 * together do not come back together: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * A server that says when to come back is taken at its word, for up to a minute.
 *
 * @param retries how often the request was repeated already
 * @param retryAfterMs what the answer's Retry-After says
 * @param random from 0 up to, but not including, 1
 */
export function retryDelay(retries: number, retryAfterMs: number | undefined, random: number): number {
  const backOff = random * Math.min(LONGEST_BACKOFF_MS, BASE_MS * 2 ** retries);
  if (retryAfterMs === undefined) return backOff;
  // A Retry-After of 0 must not make a client hammer a server that keeps on refusing.
  return Math.max(backOff, Math.min(LONGEST_RETRY_AFTER_MS, retryAfterMs) + random * SPREAD_MS);
}

/** The time that a Retry-After header asks for, in milliseconds: seconds or an HTTP date (RFC 9110, section 10.2.3). */
export function parseRetryAfter(header: string | undefined, now: Date): number | undefined {
  if (header === undefined) return undefined;
  const value = header.trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  // Date.parse takes much that is no date; an HTTP date begins with the name of a day.
  const date = /^[A-Z][a-z]{2}/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
