import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv } from 'node:util';
import type { EventLog } from '@marquee/event-log/event-log';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { SCHEMA } from '@marquee/event-log/postgres/schema';
import { consumedTopics } from '@marquee/events/consumed-topics';
import { freePort } from '@marquee/local-services/free-port';
import { startPostgres } from '@marquee/local-services/postgres';
import { MarqueeError } from '@marquee/runtime/errors';
import { createLogger } from '@marquee/runtime/logger';
import { portVariable, REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';
import pg from 'pg';
import { cpuOfPostgres, cpuOfProcesses } from './cpu-time.ts';

export interface StackOptions {
  /** The checkout whose stack runs. */
  readonly tree: string;
  /** Folder of the data and the logs. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Brokers of a Kafka cluster with topics that are empty; by default events go through Postgres. */
  readonly kafka?: string;
}

/** `npm start` of a checkout over the bench's own Postgres, without movies. */
export interface Stack {
  /** Origin of the gateway's address. */
  readonly origin: string;
  readonly eventLog: EventLog;
  /** Returns true when the subgraphs and their followers have applied all published events. */
  isSettled(): Promise<boolean>;
  /** URL of the event log in Postgres; undefined with Kafka. */
  readonly eventLogUrl: string | undefined;
  /** Bytes of the subgraphs' schemas, and of the event log in Postgres, indexes included. */
  storage(): Promise<{ readonly subgraphBytes: number; readonly logBytes: number }>;
  /** CPU time in milliseconds since the start. */
  cpu(): Promise<{ readonly postgresMs: number; readonly nodeMs: number }>;
  stop(): Promise<void>;
}

/** @throws MarqueeError `STACK_FAILED`, and what `startPostgres` throws */
export async function startStack({ tree, folder, env, kafka }: StackOptions): Promise<Stack> {
  const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), port: 0 });
  const stopAll: (() => Promise<unknown>)[] = [() => postgres.stop()];
  async function stop(): Promise<void> {
    for (const each of stopAll.reverse()) await each();
  }
  try {
    const state = path.join(folder, 'state');
    const subgraphs = readRegistry(path.join(tree, REGISTRY_FILE)).subgraphs.map(({ name }) => name);
    const variables = ['PORT', ...subgraphs.map(portVariable)];
    const ports: (readonly [string, string])[] = [];
    for (const variable of variables) ports.push([variable, String(await freePort())]);
    const { PATH = '' } = process.env;
    const child = spawn(process.execPath, [path.join(tree, 'local-stack/src/main.ts'), '--json'], {
      cwd: tree,
      env: {
        PATH,
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        DATABASE_URL: postgres.url,
        MARQUEE_STATE_DIR: state,
        // Only the bench publishes movies: no emulator is started, and this address gets no request.
        TMDB_BASE_URL: 'http://127.0.0.1:1/3',
        STACK_MOVIES: '0',
        ...Object.fromEntries(ports),
        ...(kafka !== undefined && { KAFKA_BROKERS: kafka }),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    stopAll.push(async () => {
      if (child.exitCode === null) child.kill('SIGTERM');
      await exited;
    });
    const { graphql, environmentFile, pid, processes } = await firstLine(child.stdout, exited, state);
    const logger = createLogger('bench', 'warn');
    const settings = parseEnv(await readFile(environmentFile, 'utf8'));
    const eventLog =
      kafka === undefined
        ? createPostgresEventLog({ url: settings.EVENT_LOG_URL ?? '', logger })
        : createKafkaEventLog({ brokers: kafka.split(','), clientId: 'bench', replication: 1, logger });
    stopAll.push(() => eventLog.close());
    const admin = new pg.Pool({ connectionString: postgres.url, max: 1 });
    stopAll.push(() => admin.end());
    const node = [pid, ...Object.values(processes)].filter((id) => id !== postgres.pid && id !== 0);
    return {
      origin: new URL(graphql).origin,
      eventLog,
      eventLogUrl: kafka === undefined ? settings.EVENT_LOG_URL : undefined,
      isSettled: () => isSettled(admin, eventLog, subgraphs),
      storage: async () => ({
        subgraphBytes: await bytesOfSchemas(admin, subgraphs),
        logBytes: await bytesOfSchemas(admin, [SCHEMA]),
      }),
      cpu: async () => ({ postgresMs: await cpuOfPostgres(postgres.pid), nodeMs: await cpuOfProcesses(node) }),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function bytesOfSchemas(admin: pg.Pool, schemas: readonly string[]): Promise<number> {
  const { rows } = await admin.query<{ bytes: string }>(
    `select coalesce(sum(pg_total_relation_size(c.oid)), 0) as bytes
       from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = any($1) and c.relkind = 'r'`,
    [schemas],
  );
  return Number(rows[0]?.bytes);
}

interface Started {
  readonly graphql: string;
  readonly environmentFile: string;
  readonly pid: number;
  readonly processes: Readonly<Record<string, number>>;
}

async function firstLine(stdout: NodeJS.ReadableStream, exited: Promise<unknown[]>, state: string): Promise<Started> {
  const lines = createInterface({ input: stdout });
  const line = await Promise.race([once(lines, 'line'), exited]);
  if (typeof line[0] === 'string') return JSON.parse(line[0]) as Started;
  throw new MarqueeError(
    'STACK_FAILED',
    `The stack ended with code ${String(line[0])}; its logs are in ${state}/logs.`,
  );
}

async function isSettled(admin: pg.Pool, eventLog: EventLog, subgraphs: readonly string[]): Promise<boolean> {
  for (const schema of subgraphs) {
    const { rows: waiting } = await admin.query(`select from ${schema}.outbox limit 1`);
    if (waiting.length > 0) return false;
    const { rows } = await admin.query<{ topic: string; partition: number; next: string }>(
      `select topic, partition, next_offset::text as next from ${schema}.inbox_offsets`,
    );
    const topics = Map.groupBy(rows, ({ topic }) => topic);
    for (const { name: topic } of consumedTopics(schema)) {
      const applied = new Map(topics.get(topic)?.map(({ partition, next }) => [partition, BigInt(next)]));
      for (const [partition, end] of await eventLog.endOffsets(topic)) {
        if ((applied.get(partition) ?? 0n) < end) return false;
      }
    }
  }
  return true;
}
