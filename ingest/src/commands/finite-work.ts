import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createContext, type ProcessContext } from '@marquee/runtime/process';
import type { z } from 'zod';
import { onInterruption } from '../cli/interruption.ts';
import type { WorkOptions } from '../cli/queue-commands.ts';
import { showWork } from '../cli/work-progress.ts';
import { createWorkTally, describeWork } from '../cli/work-summary.ts';
import type { workConfig } from '../config.ts';
import type { EntityKind, Lane } from '../domain/entity.ts';
import { startWork } from './work-run.ts';
import { openWorkSession, type WorkSession } from './work-session.ts';

/** Longest wait, in seconds, for an entity that is due later, other than a confirmation of a delete. */
const PATIENCE_SECONDS = 20;

/** A command that queues entities and works until no more are due soon. */
export interface FiniteWork<Queued extends object> {
  readonly command: string;
  readonly kinds: readonly EntityKind[];
  readonly lanes: readonly Lane[];
  /** Queues the work. @returns what the summary says of it */
  readonly enqueue: (session: WorkSession, ctx: ProcessContext) => Promise<Queued>;
  /** Formats what was queued. */
  readonly describe: (queued: Queued) => string;
}

/** Runs such a command and prints a summary. @returns the exit code */
export async function runFiniteWork<Queued extends object>(
  config: z.output<typeof workConfig>,
  options: WorkOptions,
  { command, kinds, lanes, enqueue, describe }: FiniteWork<Queued>,
): Promise<number> {
  const start = performance.now();
  const ctx = createContext('ingest', config.LOG_LEVEL);
  const stop = new AbortController();
  const restoreSignals = onInterruption(() => stop.abort());
  try {
    const session = await openWorkSession(ctx, command, config, { ...options, stop: stop.signal });
    const queued = await enqueue(session, ctx);
    const tally = createWorkTally();
    const total = await countQueued(session, kinds, lanes);
    const loop = startWork(ctx, session, {
      ...options,
      ...{ kinds, lanes, stop: stop.signal },
      isDone: async () => {
        const confirmations = await session.queue.outstanding(kinds, ['confirm']);
        if (confirmations.leased > 0 || confirmations.nextDueSeconds !== null) return false;
        const { nextDueSeconds } = await session.queue.outstanding(kinds, lanes);
        return nextDueSeconds === null || nextDueSeconds > PATIENCE_SECONDS;
      },
      onResult: tally.add,
    });
    const endDisplay = showWork(() => ({
      ...{ total, done: tally.done, failed: tally.failed },
      perSecond: session.perSecond(),
      isPaused: loop.isPaused,
    }));
    const error = await loop.ended.finally(endDisplay);
    const { requests, retries } = session.tmdb;
    const seconds = Math.round(performance.now() - start) / 1000;
    const fatal = error instanceof MarqueeError ? { code: error.code, message: error.message } : null;
    const summary = tally.summary({ error: fatal, requests, retries, seconds });
    process.stdout.write(
      options.json
        ? `${JSON.stringify({ ...queued, ...summary })}\n`
        : `${describe(queued)}\n${describeWork(summary)}\n`,
    );
    if (error) throw error;
    return tally.failed > 0 || stop.signal.aborted ? EXIT.failed : EXIT.ok;
  } finally {
    restoreSignals();
    await ctx.stop();
  }
}

async function countQueued(
  { slowPool }: WorkSession,
  kinds: readonly EntityKind[],
  lanes: readonly Lane[],
): Promise<number> {
  const { rows } = await slowPool.query<{ count: number }>(
    `select count(*)::int as count from entities where state = 'queued' and kind = any($1::entity_kind[]) and lane = any($2::queue_lane[])`,
    [kinds, lanes],
  );
  return rows[0]?.count ?? 0;
}
