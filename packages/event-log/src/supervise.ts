import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import { backOff, sleep } from './back-off.ts';

/** Restarts after crashes without progress, within a window, after which no other follows. */
const MAX_RESTARTS = 5;
const WINDOW_MS = 600_000;

/** Signs of life of supervised work. */
export interface Signs {
  /** The work has connected: the next outage begins with the shortest delay. */
  connected(): void;
  /** The work has done what it is for: earlier crashes no longer count. */
  progressed(): void;
}

export interface Supervised {
  /** Names the work in logs and in the error, such as `the consumer of group "marquee.movies"`. */
  readonly name: string;
  readonly logger: Logger;
  readonly closing: AbortSignal;
  /** Runs the work until it ends. Resolves or rejects with the reason, which is ignored after `closing`. */
  readonly run: (signs: Signs) => Promise<unknown>;
  /** Maps the reason of an end. A retryable error is an outage, every other one a crash. */
  readonly toError: (reason: unknown) => MarqueeError;
}

/**
 * Runs work that should not end, and runs it again when it does: after an outage for as long as that lasts, at most 1 s after the last
 * attempt; after a crash at most 5 times without progress within 10 minutes, with 0.5 s doubling to 8 s between them.
 *
 * @returns undefined after `closing`, or else `CRASHED` (exit code 5), whose cause is the error of the last crash. Never rejects.
 */
export async function supervise({
  name,
  logger,
  closing,
  run,
  toError,
}: Supervised): Promise<MarqueeError | undefined> {
  const afterOutage = backOff(100, 1_000);
  const afterCrash = backOff(500, 8_000);
  let crashes: number[] = [];
  const signs: Signs = {
    connected: afterOutage.reset,
    progressed() {
      afterOutage.reset();
      afterCrash.reset();
      crashes = [];
    },
  };
  for (;;) {
    const error = toError(await run(signs).catch((reason: unknown) => reason));
    if (closing.aborted) return undefined;
    if (error.retryable) {
      const delayMs = afterOutage.next();
      logger.warn({ part: name, delayMs, reason: error.message }, 'interrupted; trying again');
      await sleep(delayMs, closing);
    } else {
      const now = Date.now();
      crashes = [...crashes.filter((at) => now - at < WINDOW_MS), now];
      if (crashes.length > MAX_RESTARTS) return crashed(name, error);
      const delayMs = afterCrash.next();
      logger.error({ err: error, part: name, crashes: crashes.length, delayMs }, 'crashed; starting again');
      await sleep(delayMs, closing);
    }
    if (closing.aborted) return undefined;
  }
}

function crashed(name: string, cause: MarqueeError): MarqueeError {
  const message = `Gave up ${name} after ${MAX_RESTARTS} restarts without progress: ${cause.message}`;
  return new MarqueeError('CRASHED', message, { cause, exitCode: EXIT.crashed });
}
