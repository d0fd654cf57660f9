import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessContext } from '@marquee/runtime/process';

/** Longest time, in seconds, until failed work is repeated. */
const RETRY_SECONDS = 30;

/**
 * Runs work at once and again in each interval, which begins with the work, until the process stops; failed work after at most 30 s. The
 * time between is at least that of the work, so that half of the requests are left for others.
 *
 * @param work resolves to false when it failed, and never rejects
 */
export function repeat(ctx: ProcessContext, name: string, seconds: number, work: () => Promise<boolean>): void {
  async function run(): Promise<void> {
    while (!ctx.stopping.aborted) {
      const startedAt = performance.now();
      const interval = (await work()) ? seconds : Math.min(seconds, RETRY_SECONDS);
      const tookMs = performance.now() - startedAt;
      const waitMs = Math.max(tookMs, interval * 1_000 - tookMs);
      await sleep(waitMs, undefined, { signal: ctx.stopping }).catch((error: unknown) => {
        if (!ctx.stopping.aborted) throw error;
      });
    }
  }
  const running = run();
  ctx.onStop(name, () => running);
}
