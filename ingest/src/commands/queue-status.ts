import { checkDatabase } from '@marquee/postgres/pool';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import { whenReachable } from '@marquee/runtime/reachable';
import type { RetryOptions } from '../cli/queue-commands.ts';
import { describeStatus } from '../cli/status-text.ts';
import { queueConfig } from '../config.ts';
import { readStatus, retryFailed } from '../infrastructure/queue-status.ts';
import { openPools } from './work-session.ts';

/** Prints the state of the queue. */
export async function printStatus({ json }: { readonly json: boolean }): Promise<void> {
  const status = await withQueue((pool) => readStatus(pool));
  process.stdout.write(json ? `${JSON.stringify(status)}\n` : `${describeStatus(status)}\n`);
}

/** Queues failed entities again and prints their number. */
export async function queueFailed({ kind, code, json }: RetryOptions): Promise<void> {
  const queued = await withQueue((pool) => retryFailed(pool, { kind, code }));
  process.stdout.write(json ? `${JSON.stringify({ queued })}\n` : `${queued} queued again\n`);
}

async function withQueue<Result>(work: (pool: Parameters<typeof readStatus>[0]) => Promise<Result>): Promise<Result> {
  const config = loadConfig(queueConfig);
  const ctx = createContext('ingest', config.LOG_LEVEL);
  const { slowPool } = openPools(ctx, config.INGEST_DATABASE_URL);
  try {
    const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger: ctx.logger };
    await whenReachable(wait, () => checkDatabase(slowPool, 5_000));
    return await work(slowPool);
  } finally {
    await ctx.stop();
  }
}
