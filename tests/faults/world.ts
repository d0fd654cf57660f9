import type { Catalogue } from '@marquee/ingest/catalogue';
import { createSyntheticCatalogue } from '@marquee/ingest/synthetic-catalogue';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { eventually } from '@marquee/testing/eventually';
import { type Gate, openGate } from '@marquee/testing/gate';
import type { LaunchedSubgraph } from '@marquee/testing/subgraph-process';
import { createCaseDatabase, dropCaseDatabase, type SubgraphName } from './databases.ts';
import { ENVIRONMENT } from './environment.ts';
import type { CaseLog, LogServer } from './event-logs.ts';
import { type IngestRun, startIngest } from './ingest.ts';
import type { PostgresServer } from './server.ts';
import type { SmallDisk } from './small-disk.ts';
import { type SubgraphProcesses, startSubgraphs } from './subgraph-processes.ts';
import { startWriter, type Writer } from './writer.ts';

/** The pipeline of one case: an emulator, the queue, an event log, and the databases of the subgraphs. */
export interface World extends Pick<SubgraphProcesses, 'consumers' | 'launch'> {
  readonly catalogue: Catalogue;
  readonly postgres: PostgresServer;
  readonly logServer: LogServer;
  readonly log: CaseLog;
  /** In front of the database, where the subgraphs are gated. */
  readonly databaseGate: Gate;
  /** The file system of the database, where it has one of its own. */
  readonly disk: SmallDisk | undefined;
  readonly adminUrl: string;
  readonly pools: Readonly<Record<SubgraphName | 'ingest', Pool>>;
  readonly writer: Writer;
  /** Starts the backfill of all movies, with at most `rate` requests per second. */
  backfill(rate?: number): IngestRun;
  /** Starts the ingest of all movies again, whose content has not changed. */
  ingestAgain(rate?: number): IngestRun;
  /** Resolves when so many events are acknowledged. */
  untilAcknowledged(events: number): Promise<void>;
  /** Ends all processes and removes what is left. */
  stop(): Promise<void>;
}

export interface WorldOptions {
  readonly name: string;
  readonly movies: number;
  readonly seed: number;
  readonly postgres: PostgresServer;
  readonly logServer: LogServer;
  /** True when the subgraphs connect through gates. */
  readonly gated: boolean;
  /** The file system of the database; by default that of the server. */
  readonly disk?: SmallDisk | undefined;
}

/** Parts of a movie, each of which is an event. */
const EVENTS_PER_MOVIE = 4;
const ACKNOWLEDGED = `
  select coalesce(sum((select count(*) from jsonb_object_keys(hashes))), 0)::integer as count from entities where kind = 'movie'`;

export async function createWorld(options: WorldOptions): Promise<World> {
  const { name, movies, seed, postgres, logServer, gated, disk } = options;
  await createCaseDatabase(postgres, name, disk?.folder);
  const log = await logServer.create(name);
  const databaseGate = await openGate(postgres.urlOf(name));
  const poolOf = (schema: string) =>
    createPool({
      url: postgres.urlOf(name, schema),
      schema,
      applicationName: 'faults',
      max: 2,
      logger: createLogger('faults', 'silent'),
    });
  const pools = {
    movies: poolOf('movies'),
    people: poolOf('people'),
    ratings: poolOf('ratings'),
    ingest: poolOf('ingest'),
  };
  const catalogue = createSyntheticCatalogue(movies, seed);
  const env = { ...log.env, INGEST_DATABASE_URL: postgres.urlOf(name, 'ingest') };
  const ingest = await startIngest({ movies, seed, env });
  let subgraphs: SubgraphProcesses | undefined;

  async function stop(): Promise<void> {
    ingest.stop();
    await subgraphs?.stop();
    await log.eventLog.close();
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    await databaseGate.shut();
    await dropCaseDatabase(postgres, name);
  }

  try {
    subgraphs = await startSubgraphs((subgraph) => {
      const url = new URL(postgres.urlOf(name, subgraph));
      if (gated) url.port = new URL(databaseGate.url).port;
      return { ...ENVIRONMENT, DATABASE_URL: url.href, ...(gated ? log.gatedEnv : log.env) };
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const { consumers, launch } = subgraphs;

  return {
    catalogue,
    postgres,
    logServer,
    log,
    databaseGate,
    disk,
    adminUrl: postgres.urlOf(name),
    pools,
    consumers,
    writer: startWriter(() => (consumers.get('movies') as LaunchedSubgraph).listening),
    launch,
    backfill: (rate = 5_000) => ingest.run('backfill', '--rate', String(rate), '--confirm-after', '1'),
    ingestAgain: (rate = 5_000) =>
      ingest.run('movies', '--rate', String(rate), ...[...catalogue.movies.keys()].map(String)),
    untilAcknowledged: (events) =>
      eventually(async () => {
        const { rows } = await pools.ingest.query<{ count: number }>(ACKNOWLEDGED);
        const count = rows[0]?.count ?? 0;
        if (count < Math.min(events, movies * EVENTS_PER_MOVIE)) throw new Error(`${count} events are acknowledged`);
      }, 120_000),
    stop,
  };
}
