import { readFile } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { createEventLog, openEventLog } from '@marquee/event-log/configuration';
import type { EventLog } from '@marquee/event-log/event-log';
import type { EntityChange } from '@marquee/events/change-codec';
import type { ChangeTopic } from '@marquee/events/change-topics';
import type { Followings } from '@marquee/inbox-outbox/change-consumer';
import { startInbox } from '@marquee/inbox-outbox/inbox';
import { startRelay } from '@marquee/inbox-outbox/relay';
import type { TopicHandlers } from '@marquee/inbox-outbox/topic-handler';
import { isUnavailable } from '@marquee/postgres/availability';
import type { Migration } from '@marquee/postgres/migrate';
import { checkDatabase, createPool, type Pool, type PoolOptions } from '@marquee/postgres/pool';
import { prepareSchema } from '@marquee/postgres/prepare-schema';
import { readFromReplica } from '@marquee/postgres/replica';
import { registerAccessLog } from '@marquee/runtime/access-log';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import type { ProcessContext } from '@marquee/runtime/process';
import { whenReachable } from '@marquee/runtime/reachable';
import { createTracing } from '@marquee/runtime/tracing';
import type { SubgraphConfig } from './config.ts';
import type { SchemaParts } from './executable-schema.ts';
import { type Roles, runInRoles } from './roles.ts';
import { type GraphqlOptions, registerGraphql } from './server.ts';
import { startChangeFeed } from './subscriptions/change-feed.ts';
import type { SubscriptionOptions } from './subscriptions/serve-subscription.ts';
import { acceptedKeys } from './trust.ts';

/** The parts of a subgraph's process. */
export interface Subgraph<Config extends SubgraphConfig, Context extends object> {
  /** Name of its processes, database schema, consumer group and dead letters. */
  readonly name: string;
  /** Reads the environment; throws an error that lists every mistake in it. */
  readonly config: (roles: Roles) => Config;
  /** Migrations of `migrate`, in order. */
  readonly migrations: readonly Migration[];
  /** Extensions of Postgres that the migrations use. */
  readonly extensions?: readonly string[];
  /** The file of the GraphQL schema, in schema language. */
  readonly schemaFile: URL;
  readonly resolvers: SchemaParts['resolvers'];
  /** By type, the properties that its objects have: see `declareFacts`. */
  readonly facts: SchemaParts['facts'];
  /** Creates the dependencies of the process, and returns the factory of each request's context. */
  readonly contexts: (pool: Pool, config: Config) => () => Context;
  /** Handlers of the events that `consume` reads, by topic. */
  readonly topics: TopicHandlers;
  /** Handlers of other subgraphs' changes that `consume` reads, by topic. */
  readonly follows?: Followings;
  /** Topic to which `consume` publishes this subgraph's changes; for a subgraph that has an outbox. */
  readonly changes?: ChangeTopic;
  /**
   * Returns the channels that one of these changes belongs to, such as `movieChanged:603`; for a subgraph with subscriptions. The
   * `subscribe` resolver of a field returns the channels that it listens to, and its `resolve` gets the changes.
   */
  readonly channelsOf?: (change: EntityChange) => readonly string[];
}

/**
 * V8 collects the old generation only when it has grown to several times its live objects. Events outlive the young generation while their
 * transaction runs, and become garbage there: a growth of 70 % bounds it, for a tenth more CPU.
 */
const CONSUMER_HEAP = '--heap-growing-percent=70';

/**
 * Runs a subgraph in the roles that the command line names: migrates its schema, then serves its API, consumes its topics and publishes its
 * changes, or both, with a pool of connections for each of the two and one HTTP server for API, health and metrics.
 *
 * A process that serves executes queries on the replica, where one is configured, and is ready when its database responds. `/readyz` shows
 * the state of its change feed and inbox, which does not affect readiness: stored data can be served while the event log is unavailable. A
 * process that only consumes is ready when its inbox advances. Subscriptions read the event log; without one they are refused.
 *
 * Ends as {@link runInRoles} does, and with exit code 3 when the database or the event log cannot be reached at the start within
 * STARTUP_WAIT_SECONDS.
 */
export async function runSubgraph<Config extends SubgraphConfig, Context extends object>(
  subgraph: Subgraph<Config, Context>,
): Promise<void> {
  await runInRoles(subgraph.name, async (ctx, roles) => {
    const config = subgraph.config(roles);
    if (roles.consume) setFlagsFromString(CONSUMER_HEAP);
    const signingKeys = roles.serve ? acceptedKeys(config) : [];
    const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger: ctx.logger, stopping: ctx.stopping };
    if (roles.migrate) await whenReachable(wait, () => migrateSchema(ctx, config, subgraph));
    if (!roles.serve && !roles.consume) return;
    const server = createHttpServer(ctx, { requestTimeoutMs: config.REQUEST_TIMEOUT_MS });
    const accessLog = config.ACCESS_LOG ? registerAccessLog(server, ctx) : undefined;
    const tracing = await createTracing(ctx, config);
    const pool = roles.serve ? await connect(ctx, config, subgraph.name) : undefined;
    const eventLog = roles.consume
      ? await whenReachable(wait, () => createEventLog(config, ctx))
      : await openEventLog(config, ctx);
    if (pool !== undefined) {
      const subscriptions = subscriptionsOf(ctx, config, subgraph, pool, eventLog);
      await registerGraphql<Context>(server, ctx, {
        typeDefs: await readFile(subgraph.schemaFile, 'utf8'),
        resolvers: subgraph.resolvers,
        facts: subgraph.facts,
        createContext: await contextsOf(ctx, config, subgraph, pool),
        isUnavailable,
        statementLimits: {
          connections: config.DATABASE_QUERY_CONNECTIONS,
          timeoutMs: config.DATABASE_QUERY_TIMEOUT_MS,
        },
        ...(subscriptions && { subscriptions }),
        signingKeys,
        tracing,
        ...(accessLog && { accessLog }),
      });
    }
    if (roles.consume && eventLog !== undefined) {
      const { name, topics, follows = {}, changes } = subgraph;
      const pool = poolOf(ctx, config, name, {
        url: config.DATABASE_URL,
        max: config.DATABASE_CONSUMER_POOL_SIZE,
      });
      ctx.onStop('consumer database', () => pool.end());
      await whenReachable(wait, () => checkDatabase(pool, 5_000));
      if (!roles.serve) ctx.health.addCheck('database', () => checkDatabase(pool));
      const watched = { gatesReadiness: !roles.serve, stalledAfterMs: config.CONSUMER_STALLED_AFTER_MS };
      // Started before the inbox and so stopped after it: the relay publishes the changes of the last batches.
      if (changes) {
        const relay = { url: config.DATABASE_URL, schema: name, topic: changes };
        await startRelay({ ...relay, eventLog, ctx, tracing, ...watched });
      }
      await startInbox({ subgraph: name, pool, eventLog, ctx, tracing, topics, follows, ...watched });
    }
    const { HOST: host, PORT: port, DRAIN_DELAY_MS: drainDelayMs, DRAIN_TIMEOUT_MS: drainTimeoutMs } = config;
    await listen(ctx, server, { host, port, variable: 'PORT', drainDelayMs, drainTimeoutMs });
    if (subgraph.channelsOf !== undefined && eventLog === undefined)
      ctx.logger.warn('subscriptions are disabled: neither KAFKA_BROKERS nor EVENT_LOG_URL is set');
  });
}

async function migrateSchema(
  ctx: ProcessContext,
  config: SubgraphConfig,
  subgraph: { name: string; migrations: readonly Migration[]; extensions?: readonly string[] },
): Promise<void> {
  const { name: schema, migrations, extensions = [] } = subgraph;
  await prepareSchema({
    adminUrl: config.DATABASE_ADMIN_URL,
    ownerUrl: config.DATABASE_OWNER_URL as string, // required by the role `migrate`
    runtimeUrl: config.DATABASE_URL,
    schema,
    extensions,
    migrations,
    logger: ctx.logger,
  });
}

/** Returns the pools of queries, which read from a replica where one is configured, and of mutations, which use the primary. */
async function contextsOf<Config extends SubgraphConfig, Context extends object>(
  ctx: ProcessContext,
  config: Config,
  { name, contexts }: Subgraph<Config, Context>,
  primary: Pool,
): Promise<GraphqlOptions<Context>['createContext']> {
  const writing: () => Context = contexts(primary, config);
  if (config.DATABASE_REPLICA_URL === undefined) return writing;
  const replica = poolOf(ctx, config, name, {
    url: config.DATABASE_REPLICA_URL,
    max: config.DATABASE_POOL_SIZE,
  });
  const reads = readFromReplica({ primary, replica, logger: ctx.logger, metrics: ctx.metrics });
  ctx.onStop('database replica', () => {
    reads.close();
    return replica.end();
  });
  try {
    await reads.check();
  } catch (error) {
    // An unavailable replica may come back; one that refuses the login or lacks the database is a mistake in the configuration.
    if (!isUnavailable(error)) throw error;
  }
  ctx.health.addCheck('database replica', reads.check, { gatesReadiness: false });
  const reading = contexts(reads.pool, config);
  return (_request, operation) => (operation === 'mutation' ? writing() : reading());
}

/** Returns the subscriptions of a process that serves, which read the subgraph's own changes and the primary; undefined without them. */
function subscriptionsOf<Config extends SubgraphConfig, Context extends object>(
  ctx: ProcessContext,
  config: Config,
  { changes: topic, channelsOf, contexts }: Subgraph<Config, Context>,
  pool: Pool,
  eventLog: EventLog | undefined,
): SubscriptionOptions<Context> | undefined {
  if (topic === undefined || channelsOf === undefined || eventLog === undefined) return undefined;
  const feed = startChangeFeed({
    topic,
    eventLog,
    ctx,
    channelsOf,
    history: { records: config.SUBSCRIPTION_HISTORY_RECORDS, bytes: config.SUBSCRIPTION_HISTORY_BYTES },
    maxPending: config.SUBSCRIPTION_MAX_PENDING,
  });
  ctx.onStop('change feed', () => feed.close());
  ctx.health.addCheck('change feed', () => feed.check(), { gatesReadiness: false });
  return {
    feed,
    createContext: contexts(pool, config),
    limit: config.SUBSCRIPTION_LIMIT,
    heartbeatMs: config.SUBSCRIPTION_HEARTBEAT_MS,
    sendTimeoutMs: config.SUBSCRIPTION_SEND_TIMEOUT_MS,
    drainDelayMs: config.DRAIN_DELAY_MS,
  };
}

function poolOf(
  ctx: ProcessContext,
  config: SubgraphConfig,
  name: string,
  connections: Pick<PoolOptions, 'url' | 'max'>,
): Pool {
  return createPool({
    ...connections,
    schema: name,
    applicationName: `marquee-${name}`,
    statementTimeoutMs: config.DATABASE_STATEMENT_TIMEOUT_MS,
    metrics: ctx.metrics,
    logger: ctx.logger,
  });
}

async function connect(ctx: ProcessContext, config: SubgraphConfig, name: string): Promise<Pool> {
  const pool = poolOf(ctx, config, name, {
    url: config.DATABASE_URL,
    max: config.DATABASE_POOL_SIZE,
  });
  ctx.onStop('database', () => pool.end());
  const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger: ctx.logger, stopping: ctx.stopping };
  await whenReachable(wait, () => checkDatabase(pool, 5_000));
  ctx.health.addCheck('database', () => checkDatabase(pool));
  return pool;
}
