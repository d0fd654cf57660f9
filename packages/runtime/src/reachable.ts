import { setTimeout as sleep } from 'node:timers/promises';
import { integer } from './config.ts';
import { EXIT, MarqueeError } from './errors.ts';
import type { Logger } from './logger.ts';

/** Settings of processes that may start before their database and broker; spread them into the schema. */
export const startupFields = {
  /** Time for which a starting process waits for an unreachable dependency before it exits with code 3. */
  STARTUP_WAIT_SECONDS: integer({ min: 0, max: 3_600, default: 0 }),
};

export interface WaitOptions {
  /** Time to keep trying; 0 tries once. */
  readonly seconds: number;
  readonly logger: Logger;
  /** Aborted when the process stops: the next failure is then final. */
  readonly stopping?: AbortSignal;
}

const PAUSE_MS = 1_000;

/**
 * Resolves with the result of `attempt`. Repeats it every second while it rejects because a dependency is unreachable (a MarqueeError with
 * exit code 3) until the time is over. Rejects with the last error, and with any other error at once.
 */
export async function whenReachable<T>(options: WaitOptions, attempt: () => Promise<T>): Promise<T> {
  const { seconds, logger, stopping } = options;
  const deadline = Date.now() + seconds * 1_000;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      const unreachable = error instanceof MarqueeError && error.exitCode === EXIT.unreachable;
      if (!unreachable || stopping?.aborted || Date.now() >= deadline) throw error;
      logger.info({ code: error.code, reason: error.message }, 'waiting for what cannot be reached yet');
      await sleep(PAUSE_MS, undefined, stopping ? { signal: stopping } : {}).catch((aborted: unknown) => {
        if (!stopping?.aborted) throw aborted;
      });
    }
  }
}
