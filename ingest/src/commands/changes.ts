import { loadConfig } from '@marquee/runtime/config';
import { queueChanges } from '../application/changes-feed.ts';
import type { ChangesOptions } from '../cli/queue-commands.ts';
import { workConfig } from '../config.ts';
import type { EntityKind, Lane } from '../domain/entity.ts';
import { createChangedEntities, moveCursor, readCursor } from '../infrastructure/postgres-changes.ts';
import { runFiniteWork } from './finite-work.ts';
import type { WorkSession } from './work-session.ts';

const KINDS: readonly EntityKind[] = ['movie', 'person'];
const LANES: readonly Lane[] = ['confirm', 'change', 'recheck', 'retry'];
const DAY_MS = 86_400_000;
/** Name of the cursor of the time up to which changes were read. */
const CURSOR = 'changes';

/** Queues what TMDb lists as changed, and ingests it. @returns the exit code */
export function changes(options: ChangesOptions): Promise<number> {
  return runFiniteWork(loadConfig(workConfig), options, {
    command: 'changes',
    kinds: KINDS,
    lanes: LANES,
    enqueue: async (session) => ({
      changed: await pollChanges(session, { since: options.since, rechecks: MAX_RECHECKS, addMovies: true }),
    }),
    describe: ({ changed }) => `${changed} movies and persons changed`,
  });
}

/** The changes to read. */
interface PollOptions {
  readonly since?: Date | undefined;
  readonly rechecks: number;
  /** Adds unknown movies to the queue. */
  readonly addMovies: boolean;
  /** Called when movies or persons were queued. */
  readonly onQueued?: () => void;
}

/** Rechecks of a single run. */
const MAX_RECHECKS = 1_000;

/**
 * Reads the changes since a time, by default that of the last reading or the last day, and queues them.
 *
 * @returns the number of queued entities
 */
export async function pollChanges(
  { pool, tmdb }: WorkSession,
  { since, rechecks, addMovies, onQueued }: PollOptions,
): Promise<number> {
  const now = new Date();
  const start = since ?? (await readCursor(pool, CURSOR)) ?? new Date(now.getTime() - DAY_MS);
  const entities = createChangedEntities(pool);
  const queued = await Promise.all(
    KINDS.map(async (kind) => {
      // Persons without a movie in the graph are not wanted.
      const addUnknown = addMovies && kind === 'movie';
      const count = await queueChanges(tmdb.urgent, entities, { kind, since: start, now, rechecks, addUnknown });
      if (count > 0) onQueued?.();
      return count;
    }),
  );
  await moveCursor(pool, CURSOR, now);
  return queued.reduce((sum, count) => sum + count, 0);
}
