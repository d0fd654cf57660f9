import type { ChildProcess } from 'node:child_process';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { startBroker } from '@marquee/local-services/kafka';
import { createLogger } from '@marquee/runtime/logger';
import { messageOf, startServer, stopServer } from '../server-process.ts';
import { type IngestMeasured, measureIngest } from './ingest-run.ts';

export const CONTENDERS = ['bare loop', 'ingest movies'] as const;
export type Contender = (typeof CONTENDERS)[number];

export interface IngestBenchOptions {
  readonly movies: number;
  readonly concurrency: number;
  /** Turns of each contender; the median counts. */
  readonly turns: number;
  readonly onProgress: (what: string) => void;
}

const USAGE_PROBE = new URL('../servers/usage-probe.ts', import.meta.url);
const CANNED_TMDB = new URL('../servers/canned-tmdb.ts', import.meta.url);
const BARE_LOOP = new URL('../servers/bare-ingest.ts', import.meta.url);
const INGEST = new URL('../../../ingest/src/main.ts', import.meta.url);

/** Measures an ingest from HTTP to Kafka beside a bare loop with the same requests. They take turns, so that other load affects both. */
export async function benchIngest(options: IngestBenchOptions): Promise<Readonly<Record<Contender, IngestMeasured>>> {
  const { movies, turns, onProgress } = options;
  onProgress(`rendering ${movies} movies and starting Kafka`);
  const broker = await startBroker();
  try {
    await createBareTopics(broker.brokers);
    return await withCannedTmdb(movies, async ({ origin, ids }) => {
      const runs: Record<Contender, IngestMeasured[]> = { 'bare loop': [], 'ingest movies': [] };
      for (let turn = 1; turn <= turns; turn += 1) {
        for (const contender of CONTENDERS) {
          onProgress(`turn ${turn} of ${turns}: ${contender}`);
          const env = { TMDB_BASE_URL: `${origin}/3`, KAFKA_BROKERS: broker.brokers.join(',') };
          const child = START[contender](ids, options.concurrency, env);
          runs[contender].push(await measureIngest(child, ids.length, `${origin}/count`));
        }
      }
      return { 'bare loop': median(runs['bare loop']), 'ingest movies': median(runs['ingest movies']) };
    });
  } finally {
    await broker.remove();
  }
}

const START: Readonly<
  Record<Contender, (ids: readonly number[], concurrency: number, env: Record<string, string>) => ChildProcess>
> = {
  'bare loop': (ids, concurrency, env) =>
    startServer(BARE_LOOP, {
      env: { ...env, CONCURRENCY: String(concurrency), IDS: JSON.stringify(ids) },
      preload: USAGE_PROBE,
    }),
  'ingest movies': startIngest,
};

/** Starts `ingest movies` with these ids, without a limit on its requests. */
export function startIngest(ids: readonly number[], concurrency: number, env: Record<string, string>): ChildProcess {
  const limits = ['--concurrency', String(concurrency), '--rate', '10000'];
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
