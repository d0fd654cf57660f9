import { createEventLog } from '@marquee/event-log/configuration';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { checkDatabase, createPool, type Pool } from '@marquee/postgres/pool';
import type { ProcessContext } from '@marquee/runtime/process';
import { whenReachable } from '@marquee/runtime/reachable';
import { createTracing } from '@marquee/runtime/tracing';
import type { z } from 'zod';
import type { WithinTrace } from '../application/ingest-movies.ts';
import type { Publisher } from '../application/publisher.ts';
import type { WorkQueue } from '../application/work-queue.ts';
import type { QueueOptions } from '../cli/queue-commands.ts';
import type { workConfig } from '../config.ts';
import { traceEntities } from '../infrastructure/entity-trace.ts';
import { createEventPublisher } from '../infrastructure/event-publisher.ts';
import { INGEST_SCHEMA } from '../infrastructure/ingest-schema.ts';
import { createPostgresQueue } from '../infrastructure/postgres-queue.ts';
import { joinReplicas } from '../infrastructure/postgres-replica.ts';
import { createRequestRate, type RequestRate } from '../infrastructure/request-rate.ts';
import { createSharedRequestRate } from '../infrastructure/shared-request-rate.ts';
import { type TmdbAddress, tmdbAddress } from '../infrastructure/tmdb-address.ts';
import { createTmdbClient, type TmdbClient } from '../infrastructure/tmdb-client.ts';

/** TMDb's rate limit in requests per second, which applies to proxies before it too: https://developer.themoviedb.org/docs/rate-limiting */
const TMDB_RATE = 40;
/** Days until a refreshed entity is due again: TMDb's terms allow six months. */
const REFRESH_DAYS = 150;
/** Time limit, in ms, of a statement of the census and of the status, which read a million rows. */
const SLOW_STATEMENT_MS = 900_000;

/** A replica that can work on the queue. */
export interface WorkSession {
  readonly address: TmdbAddress;
  readonly pool: Pool;
  /** A pool for statements that read all entities. */
  readonly slowPool: Pool;
  readonly replica: () => string;
  /** Returns all leases soon, since an error of the queue may have left unknown ones. */
  readonly rejoin: () => void;
  /** Aborted when the work is to end. */
  readonly stop: AbortSignal;
  readonly queue: WorkQueue;
  readonly tmdb: TmdbClient;
  readonly publisher: Publisher;
  readonly withinTrace: WithinTrace;
  /** Rejects while the event log does not answer. */
  readonly checkEventLog: () => Promise<void>;
  /** Requests per second that all replicas may send now. */
  readonly perSecond: () => number;
}

/** Returns the limit of requests per second: by default that of TMDb, and none for the emulator. */
export function rateLimit(given: number | undefined, { isEmulator }: TmdbAddress): number | undefined {
  return given ?? (isEmulator ? undefined : TMDB_RATE);
}

/** Opens pools to the queue, which end with the process. */
export function openPools(ctx: ProcessContext, url: string): { pool: Pool; slowPool: Pool } {
  const connection = { url, schema: INGEST_SCHEMA.schema, applicationName: 'marquee-ingest', logger: ctx.logger };
  const pool = createPool({ ...connection, max: 8, metrics: ctx.metrics });
  const slowPool = createPool({ ...connection, max: 2, statementTimeoutMs: SLOW_STATEMENT_MS });
  ctx.onStop('database', () => Promise.all([pool.end(), slowPool.end()]));
  return { pool, slowPool };
}

/** The queue and the shared pace of a replica. */
interface JoinedQueue extends Pick<WorkSession, 'pool' | 'slowPool' | 'replica' | 'rejoin' | 'queue'> {
  readonly requestRate: RequestRate;
  readonly perSecond: () => number;
  /** Lets the client use its share of the connections. */
  readonly shareConnections: (tmdb: TmdbClient) => void;
}

/** The limits of all replicas together; without a rate, the pace of each is its own. */
interface SharedLimits {
  readonly concurrency: number;
  readonly rate: number | undefined;
  readonly stop: AbortSignal;
}

/** Connects to the queue's database and joins the replicas. */
export async function joinQueue(
  ctx: ProcessContext,
  command: string,
  config: { readonly INGEST_DATABASE_URL: string; readonly STARTUP_WAIT_SECONDS: number },
  { concurrency, rate, stop }: SharedLimits,
): Promise<JoinedQueue> {
  const { logger } = ctx;
  const { pool, slowPool } = openPools(ctx, config.INGEST_DATABASE_URL);
  const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger, stopping: stop };
  await whenReachable(wait, () => checkDatabase(pool, 5_000));
  let share = (_replicas: number) => {};
  const replica = await joinReplicas({
    ...{ pool, command, logger },
    name: `${process.env.HOSTNAME ?? 'ingest'}-${process.pid}`,
    onLive: (replicas) => share(replicas),
  });
  ctx.onStop('replica', () => replica.leave());
  const shared =
    rate === undefined
      ? undefined
      : await createSharedRequestRate({ pool, replica: replica.id, limit: rate, logger, stop });
  return {
    ...{ pool, slowPool, replica: replica.id, rejoin: replica.rejoin },
    queue: createPostgresQueue({ pool, replica: replica.id, refreshDays: REFRESH_DAYS }),
    requestRate: shared ?? createRequestRate(undefined, stop),
    perSecond: () => shared?.perSecond ?? Number.POSITIVE_INFINITY,
    shareConnections(tmdb) {
      share = (replicas) => tmdb.setConcurrency(Math.floor(concurrency / replicas));
      share(replica.live());
    },
  };
}

/** Connects to database, event log and TMDb, and joins the replicas. @param onRequest called with the outcome of each request */
export async function openWorkSession(
  ctx: ProcessContext,
  command: string,
  config: z.output<typeof workConfig>,
  options: QueueOptions & { readonly stop: AbortSignal; readonly onRequest?: (outcome: string) => void },
): Promise<WorkSession> {
  const { stop, concurrency, retries, onRequest } = options;
  const address = tmdbAddress(config);
  const rate = rateLimit(options.rate, address);
  const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger: ctx.logger, stopping: stop };
  const eventLog = await whenReachable(wait, () => createEventLog(config, ctx));
  await eventLog.createTopics(OBSERVATION_TOPICS);
  const { requestRate, shareConnections, ...joined } = await joinQueue(ctx, command, config, {
    concurrency,
    rate,
    stop,
  });
  const tmdb = createTmdbClient({ address, concurrency, stop, retries, requestRate, ...(onRequest && { onRequest }) });
  ctx.onStop('tmdb', () => tmdb.close());
  shareConnections(tmdb);
  const publisher = createEventPublisher(eventLog, address.baseUrl);
  return {
    ...{ ...joined, address, stop, tmdb, publisher },
    withinTrace: traceEntities(await createTracing(ctx, config)),
    checkEventLog: () => eventLog.check(),
  };
}
