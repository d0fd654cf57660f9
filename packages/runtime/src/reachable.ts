import { setTimeout as sleep } from 'node:timers/promises';
import { integer } from './config.ts';
import { EXIT, MarqueeError } from './errors.ts';
import type { Logger } from './logger.ts';

/** For processes whose database and broker may come up after them; spread it into the schema of each. */
export const startupFields = {
  /** How long a process waits at its start for what it cannot reach, before it ends with exit code 3. */
  STARTUP_WAIT_SECONDS: integer({ min: 0, max: 3_600, default: 0 }),
};

export interface WaitOptions {
  /** How long to go on trying; 0 tries once. */
  readonly seconds: number;
  readonly logger: Logger;
  /** Aborted when the process is to stop: the next failure is then the last. */
  readonly stopping?: AbortSignal;
}

const PAUSE_MS = 1_000;

/**
 * What `attempt` resolves to, tried again each second while it rejects because something cannot be reached (a MarqueeError whose exit
 * code is 3), until the time is over. Rejects with its last error, and with any other error at once.
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
