import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { startBroker } from '@marquee/local-services/kafka';
import { createLogger } from '@marquee/runtime/logger';
import { messageOf, startServer, stopServer } from '../server-process.ts';
import { type IngestMeasured, measureIngest } from './ingest-run.ts';
import { createQueueDatabase, INGEST, USAGE_PROBE } from './queue-database.ts';

export const CONTENDERS = ['bare loop', 'ingest movies', 'ingest backfill'] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface IngestBenchOptions {
  readonly movies: number;
  readonly concurrency: number;
  /** Turns of each contender; the median counts. */
  readonly turns: number;
  readonly onProgress: (what: string) => void;
}

const CANNED_TMDB = new URL('../servers/canned-tmdb.ts', import.meta.url);
/** Requests per second that no machine reaches. */
const UNLIMITED = '10000';
const BARE_LOOP = new URL('../servers/bare-ingest.ts', import.meta.url);

/** The movies of a contender, and its environment. */
interface Task {
  readonly ids: readonly number[];
  readonly concurrency: number;
  readonly env: Record<string, string>;
  /** Count of the requests so far. */
  readonly countUrl: string;
}

/**
 * Measures two ingests from HTTP to Kafka beside a bare loop: `ingest movies` with the same requests, and `ingest backfill` with one request a
 * movie and a queue in Postgres. They take turns, so that other load affects all.
 */
export async function benchIngest(options: IngestBenchOptions): Promise<Readonly<Record<Contender, IngestMeasured>>> {
  const { movies, turns, onProgress } = options;
  onProgress(`rendering ${movies} movies and starting Kafka`);
  const broker = await startBroker();
  try {
    await createBareTopics(broker.brokers);
    return await withCannedTmdb(movies, async ({ origin, ids }) => {
      const env = { TMDB_BASE_URL: `${origin}/3`, KAFKA_BROKERS: broker.brokers.join(',') };
      const task = { ids, concurrency: options.concurrency, env, countUrl: `${origin}/count` };
      const runs: Record<Contender, IngestMeasured[]> = { 'bare loop': [], 'ingest movies': [], 'ingest backfill': [] };
      for (let turn = 1; turn <= turns; turn += 1) {
        for (const contender of CONTENDERS) {
          onProgress(`turn ${turn} of ${turns}: ${contender}`);
          runs[contender].push(await MEASURE[contender](task));
        }
      }
      return {
        'bare loop': median(runs['bare loop']),
        'ingest movies': median(runs['ingest movies']),
        'ingest backfill': median(runs['ingest backfill']),
      };
    });
  } finally {
    await broker.remove();
  }
}

const MEASURE: Readonly<Record<Contender, (task: Task) => Promise<IngestMeasured>>> = {
  'bare loop': ({ ids, concurrency, env, countUrl }) => {
    const loop = { ...env, CONCURRENCY: String(concurrency), IDS: JSON.stringify(ids) };
    return measureIngest(startServer(BARE_LOOP, { env: loop, preload: USAGE_PROBE }), ids.length, countUrl);
  },
  'ingest movies': ({ ids, concurrency, env, countUrl }) =>
    measureIngest(startIngest(ids, concurrency, env), ids.length, countUrl),
  'ingest backfill': measureBackfill,
};

/** Measures a backfill of an export with these movies, whose queue is new. */
async function measureBackfill({ ids, concurrency, env, countUrl }: Task): Promise<IngestMeasured> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  const database = await createQueueDatabase();
  try {
    const file = path.join(folder, 'movie_ids.json');
    await writeFile(file, ids.map((id) => `${JSON.stringify({ id, popularity: 1 })}\n`).join(''));
    const args = ['backfill', '--export', file, '--concurrency', String(concurrency), '--rate', UNLIMITED, '--json'];
    const queue = { ...env, INGEST_DATABASE_URL: database.urlOf('ingest') };
    return await measureIngest(startServer(INGEST, { args, env: queue, preload: USAGE_PROBE }), ids.length, countUrl);
  } finally {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Starts `ingest movies` with these ids, without a limit on its requests. */
export function startIngest(ids: readonly number[], concurrency: number, env: Record<string, string>): ChildProcess {
  const limits = ['--concurrency', String(concurrency), '--rate', UNLIMITED];
  return startServer(INGEST, { args: ['movies', ...ids.map(String), ...limits, '--json'], env, preload: USAGE_PROBE });
}

/** Serves synthetic movies from memory while `work` runs. */
export async function withCannedTmdb<Result>(
  movies: number,
  work: (tmdb: { readonly origin: string; readonly ids: readonly number[] }) => Promise<Result>,
): Promise<Result> {
  const tmdb = startServer(CANNED_TMDB, { env: { MOVIES: String(movies) }, preload: USAGE_PROBE });
  try {
    const { port } = await messageOf<{ port: number }>(tmdb, (message) => 'port' in message);
    const origin = `http://127.0.0.1:${port}`;
    return await work({ origin, ids: (await (await fetch(`${origin}/ids`)).json()) as number[] });
  } finally {
    await stopServer(tmdb);
  }
}

async function createBareTopics(brokers: string[]): Promise<void> {
  const logger = createLogger('bench', 'warn');
  const log = createKafkaEventLog({ brokers, clientId: 'bench', replication: 1, logger });
  await log.createTopics(
    ['details', 'credits', 'ratings'].map((part) => ({ name: `bench.movie-${part}`, partitions: 12, compacted: true })),
  );
  await log.close();
}

/** Returns the run with the median CPU. */
function median(runs: readonly IngestMeasured[]): IngestMeasured {
  const sorted = runs.toSorted((a, b) => a.cpuMsPerMovie - b.cpuMsPerMovie);
  return sorted[Math.floor(sorted.length / 2)] as IngestMeasured;
}
