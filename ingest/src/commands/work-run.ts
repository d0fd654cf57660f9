import type { ProcessContext } from '@marquee/runtime/process';
import type { Refreshed } from '../application/refresh.ts';
import { refreshMovie } from '../application/refresh-movie.ts';
import { refreshPerson } from '../application/refresh-person.ts';
import { startWorkLoop, type WorkLoop } from '../application/work-loop.ts';
import type { Lease } from '../application/work-queue.ts';
import { logOmissions } from '../cli/omission-log.ts';
import type { EntityKind, Lane } from '../domain/entity.ts';
import type { WorkSession } from './work-session.ts';

/** Lanes whose requests go before those of the others. */
const URGENT: readonly Lane[] = ['confirm', 'change'];
/** Entities in progress for each concurrent request: some are being published. */
const WORKERS_PER_REQUEST = 2;

export interface WorkRunOptions {
  readonly kinds: readonly EntityKind[];
  readonly lanes: readonly Lane[];
  readonly concurrency: number;
  readonly force: boolean;
  readonly confirmAfter: number;
  readonly stop: AbortSignal;
  readonly isDone: () => Promise<boolean>;
  readonly onResult: (lease: Lease, refreshed: Refreshed) => void;
}

/** Starts to work on the queue. */
export function startWork(ctx: ProcessContext, session: WorkSession, options: WorkRunOptions): WorkLoop {
  const { queue, tmdb, publisher } = session;
  const onOmissions = logOmissions(ctx.logger);
  const tools = {
    publisher,
    force: options.force,
    confirmAfterSeconds: options.confirmAfter,
    random: Math.random,
    onPersons: knownPersons((persons) => queue.enqueueNew('person', persons)),
  };
  return startWorkLoop({
    ...options,
    queue,
    workers: options.concurrency * WORKERS_PER_REQUEST,
    refresh(lease) {
      const refresh = lease.kind === 'movie' ? refreshMovie : refreshPerson;
      const api = URGENT.includes(lease.lane) ? tmdb.urgent : tmdb;
      return session.withinTrace(lease, () => refresh(lease, { ...tools, tmdb: api }));
    },
    onResult(lease, refreshed) {
      if (refreshed.omissions.count > 0) onOmissions(refreshed.omissions);
      options.onResult(lease, refreshed);
    },
    onQueueError(error) {
      ctx.logger.error({ err: error }, 'the queue cannot be used; the work pauses');
      session.rejoin();
    },
  });
}

/** Number of persons that are remembered, so that those of many movies are not queued by each. */
const REMEMBERED = 200_000;

/** Returns a function that queues persons which it has not queued before. */
function knownPersons(enqueue: (persons: readonly { id: number; popularity: number }[]) => Promise<void>) {
  const known = new Set<number>();
  return async (persons: readonly { readonly id: number; readonly popularity: number }[]): Promise<void> => {
    const added = persons.filter(({ id }) => !known.has(id));
    if (added.length === 0) return;
    await enqueue(added);
    if (known.size > REMEMBERED) known.clear();
    for (const { id } of added) known.add(id);
  };
}
