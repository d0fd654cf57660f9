import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until a check stops throwing; its last error when it has not within the time. */
export async function eventually<Result>(check: () => Promise<Result>, withinMs = 30_000): Promise<Result> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(100);
    }
  }
}
