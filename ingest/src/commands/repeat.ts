import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessContext } from '@marquee/runtime/process';

/**
 * Runs work at once and again in each interval, which begins with the work, until the process stops. Work that takes longer is repeated at
 * once.
 *
 * @param work never rejects
 */
export function repeat(ctx: ProcessContext, name: string, seconds: number, work: () => Promise<void>): void {
  async function run(): Promise<void> {
    while (!ctx.stopping.aborted) {
      const next = performance.now() + seconds * 1_000;
      await work();
      await sleep(Math.max(0, next - performance.now()), undefined, { signal: ctx.stopping }).catch(
        (error: unknown) => {
          if (!ctx.stopping.aborted) throw error;
        },
      );
    }
  }
  const running = run();
  ctx.onStop(name, () => running);
}
