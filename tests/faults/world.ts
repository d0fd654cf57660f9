import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Catalogue } from '@marquee/ingest/catalogue';
import { createSyntheticCatalogue } from '@marquee/ingest/synthetic-catalogue';
import { freePort } from '@marquee/local-services/free-port';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { eventually } from '@marquee/testing/eventually';
import { type Gate, openGate } from '@marquee/testing/gate';
import { type LaunchedSubgraph, launchSubgraph } from '@marquee/testing/subgraph-process';
import {
  createCaseDatabase,
  dropCaseDatabase,
  INGEST_MAIN,
  mainOf,
  SUBGRAPHS,
  type SubgraphName,
} from './databases.ts';
import type { CaseLog, LogServer } from './event-logs.ts';
import type { PostgresServer } from './server.ts';
import type { SmallDisk } from './small-disk.ts';
import { startWriter, type Writer } from './writer.ts';

/** A run of `ingest` that is in progress. */
export interface IngestRun {
  readonly pid: number;
  kill(): Promise<void>;
  /** Resolves with exit code and summary. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
}

/** The pipeline of one case: an emulator, the queue, an event log, and the databases of the subgraphs. */
export interface World {
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
  /** The process of each subgraph that was launched last. */
  readonly consumers: ReadonlyMap<SubgraphName, LaunchedSubgraph>;
  readonly writer: Writer;
  /** Starts a subgraph's process, which `consumers` then has. That of movies also serves, to the writer. */
  launch(subgraph: SubgraphName): LaunchedSubgraph;
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
  const emulator = await startEmulator(movies, seed);
  const launched = new Set<LaunchedSubgraph>();
  const consumers = new Map<SubgraphName, LaunchedSubgraph>();
  const runs = new Set<ChildProcess>();

  function launch(subgraph: SubgraphName): LaunchedSubgraph {
    const url = new URL(postgres.urlOf(name, subgraph));
    if (gated) url.port = new URL(databaseGate.url).port;
    const roles = subgraph === 'movies' ? ['serve', 'consume'] : ['consume'];
    const env = { DATABASE_URL: url.href, ...(gated ? log.gatedEnv : log.env) };
    const consumer = launchSubgraph(mainOf(subgraph), roles, env);
    launched.add(consumer);
    consumers.set(subgraph, consumer);
    return consumer;
  }

  function ingest(...args: readonly string[]): IngestRun {
    const env = {
      ...baseEnv,
      ...log.env,
      INGEST_DATABASE_URL: postgres.urlOf(name, 'ingest'),
      TMDB_BASE_URL: `${emulator.origin}/3`,
    };
    const child = spawn(process.execPath, [INGEST_MAIN, ...args, '--json'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    runs.add(child);
    const exited = once(child, 'exit');
    const ended = Promise.all([text(child.stdout), exited]).then(([stdout, [code]]) => ({ stdout, code }));
    return {
      pid: child.pid as number,
      ended,
      async kill() {
        child.kill('SIGKILL');
        await exited;
      },
    };
  }

  async function stop(): Promise<void> {
    for (const run of runs) run.kill('SIGKILL');
    await Promise.all([...launched].map((each) => each.kill()));
    emulator.child.kill('SIGKILL');
    await log.eventLog.close();
    await Promise.all(Object.values(pools).map((pool) => pool.end()));
    await databaseGate.shut();
    await dropCaseDatabase(postgres, name);
  }

  for (const subgraph of SUBGRAPHS) launch(subgraph);
  const server = () => (consumers.get('movies') as LaunchedSubgraph).listening;
  try {
    await Promise.all([...consumers.values()].map(({ listening }) => listening));
  } catch (error) {
    await stop();
    throw error;
  }
  const writer = startWriter(server);

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
    writer,
    launch,
    backfill: (rate = 5_000) => ingest('backfill', '--rate', String(rate), '--confirm-after', '1'),
    ingestAgain: (rate = 5_000) =>
      ingest('movies', '--rate', String(rate), ...[...catalogue.movies.keys()].map(String)),
    untilAcknowledged: (events) =>
      eventually(async () => {
        const { rows } = await pools.ingest.query<{ count: number }>(ACKNOWLEDGED);
        const count = rows[0]?.count ?? 0;
        if (count < Math.min(events, movies * EVENTS_PER_MOVIE)) throw new Error(`${count} events are acknowledged`);
      }, 120_000),
    stop,
  };
}

const baseEnv = { PATH: process.env.PATH ?? '', LOG_LEVEL: 'fatal' };

async function startEmulator(movies: number, seed: number) {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const size = ['--synthetic', String(movies), '--seed', String(seed)];
  const child = spawn(process.execPath, [INGEST_MAIN, 'emulator', ...size], {
    env: { ...baseEnv, EMULATOR_PORT: new URL(origin).port },
    stdio: 'ignore',
  });
  while (!(await fetch(`${origin}/readyz`).catch(() => undefined))?.ok) await sleep(100);
  return { origin, child };
}
