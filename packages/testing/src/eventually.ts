import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `read` until it succeeds and returns its result; rejects with its last error after the time. */
export async function eventually<Value>(read: () => Promise<Value>, withinMs = 30_000): Promise<Value> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      return await read();
    } catch (error) {
      if (Date.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
