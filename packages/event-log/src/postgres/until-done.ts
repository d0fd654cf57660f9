import type { Logger } from '@marquee/runtime/logger';
import { backOff, sleep } from '../back-off.ts';

interface Retrying {
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Fields of the log entry of a failure. */
  readonly where: Readonly<Record<string, unknown>>;
}

/** Repeats the work until it succeeds, with a back-off; undefined when the signal is aborted before. */
export async function untilDone<T>(
  { signal, logger, where }: Retrying,
  failure: string,
  work: () => Promise<T>,
): Promise<T | undefined> {
  const delays = backOff();
  while (!signal.aborted) {
    try {
      return await work();
    } catch (error) {
      const delayMs = delays.next();
      logger.error({ err: error, ...where, delayMs }, failure);
      await sleep(delayMs, signal);
    }
  }
  return undefined;
}
