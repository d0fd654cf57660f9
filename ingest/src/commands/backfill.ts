import { loadConfig } from '@marquee/runtime/config';
import type { BackfillOptions } from '../cli/queue-commands.ts';
import { workConfig } from '../config.ts';
import type { Lane } from '../domain/entity.ts';
import { compareExport } from './census.ts';
import { runFiniteWork } from './finite-work.ts';

const LANES: readonly Lane[] = ['confirm', 'change', 'retry', 'new'];

/** Queues the movies of an export and ingests all movies that are queued. @returns the exit code */
export function backfill(options: BackfillOptions): Promise<number> {
  const config = loadConfig(workConfig);
  return runFiniteWork(config, options, {
    command: 'backfill',
    kinds: ['movie'],
    lanes: LANES,
    enqueue: (session) => compareExport(session, config.TMDB_EXPORT_URL, options),
    describe: ({ listed, wanted, added, vanished }) =>
      `${listed} movies in the export, ${wanted} wanted, ${added} of them new, ${vanished} vanished since the last export`,
  });
}
