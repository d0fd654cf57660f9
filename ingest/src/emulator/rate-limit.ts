const WINDOW_MS = 1000;
/** Addresses whose windows are kept. */
const MAX_ADDRESSES = 10_000;

/**
 * Creates a limit on the requests of an address: a counter that starts again one second after the first request that it counted. TMDb
 * documents "somewhere in the 40 requests per second range" and names the count in its 429, but not its window:
 * https://developer.themoviedb.org/docs/rate-limiting
 *
 * @param now returns ms of a monotonic clock
 * @returns a function that counts a request and returns the count in its window
 */
export function createRequestCounter(now: () => number): (address: string) => number {
  const windows = new Map<string, { start: number; count: number }>();
  return (address) => {
    const time = now();
    const window = windows.get(address);
    if (window && time - window.start < WINDOW_MS) {
      window.count += 1;
      return window.count;
    }
    windows.delete(address);
    windows.set(address, { start: time, count: 1 });
    const oldest = windows.size > MAX_ADDRESSES ? windows.keys().next().value : undefined;
    if (oldest !== undefined) windows.delete(oldest);
    return 1;
  };
}
