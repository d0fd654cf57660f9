import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { THIS_TREE } from '../loading/loading-bench.ts';
import { startStack } from '../loading/stack.ts';
import { startIngest, withCannedTmdb } from './ingest-bench.ts';

/** Bytes that a movie takes with its persons, credits and reviews, indexes included. */
export interface StorageMeasured {
  /** In the subgraphs' schemas. */
  readonly postgresBytesPerMovie: number;
  /** In the event log in Postgres, uncompressed. */
  readonly logBytesPerMovie: number;
}

const POLL_MS = 500;
const CONCURRENCY = 20;

/** Ingests movies into a whole stack, and measures its tables before and after. */
export async function measureStorage(movies: number, folder: string): Promise<StorageMeasured> {
  const stack = await startStack({ tree: THIS_TREE, folder, env: {} });
  try {
    const before = await stack.storage();
    await withCannedTmdb(movies, async ({ origin, ids }) => {
      const env = { TMDB_BASE_URL: `${origin}/3`, EVENT_LOG_URL: stack.eventLogUrl ?? '' };
      const [code] = await once(startIngest(ids, CONCURRENCY, env), 'exit');
      if (code !== EXIT.ok) throw new MarqueeError('INGEST_FAILED', `The ingest ended with code ${code}.`);
    });
    while (!(await stack.isSettled())) await sleep(POLL_MS);
    const after = await stack.storage();
    return {
      postgresBytesPerMovie: (after.subgraphBytes - before.subgraphBytes) / movies,
      logBytesPerMovie: (after.logBytes - before.logBytes) / movies,
    };
  } finally {
    await stack.stop();
  }
}
