import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessContext } from '@marquee/runtime/process';

/** Runs work at once, and again after each interval, until the process stops. @param work never rejects */
export function repeat(ctx: ProcessContext, name: string, seconds: number, work: () => Promise<void>): void {
  async function run(): Promise<void> {
    while (!ctx.stopping.aborted) {
      await work();
      await sleep(seconds * 1_000, undefined, { signal: ctx.stopping }).catch((error: unknown) => {
        if (!ctx.stopping.aborted) throw error;
      });
    }
  }
  const running = run();
  ctx.onStop(name, () => running);
}
