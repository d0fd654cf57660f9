import type { ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { EventLog } from '@marquee/event-log/event-log';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import { withTopicPrefix } from '@marquee/event-log/topic-prefix';
import { testDatabase } from '@marquee/local-services/test-database';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createLogger } from '@marquee/runtime/logger';
import pg from 'pg';
import { USAGE_PROBE } from '../ingest/queue-database.ts';
import { IMAGE_SETTINGS, startServer, stopServer } from '../server-process.ts';
import { MEASURED, type MeasuredSubgraph, type SubgraphName } from './measured-subgraphs.ts';

/** A subgraph's migrated database without rows, and an event log with its empty topic. */
export interface PipelineWorld extends MeasuredSubgraph {
  readonly eventLog: EventLog;
  /** Connections of a superuser, whose unqualified names are the subgraph's. */
  readonly admin: pg.Pool;
  /** The server of the database. */
  readonly postmaster: number;
  /** Starts the subgraph's consumer with the settings of its image. */
  startConsumer(): ChildProcess;
  /** Returns the number of events that the subgraph has applied. */
  applied(): Promise<number>;
  stop(): Promise<void>;
}

/** Creates a world on a Postgres server. @param brokers of the Kafka cluster that has the events; without them, the database has them too */
export async function createPipelineWorld(
  name: SubgraphName,
  serverUrl: string,
  brokers: readonly string[] | undefined,
): Promise<PipelineWorld> {
  const measured = MEASURED[name];
  const { adminUrl, urlOf, drop } = await testDatabase(serverUrl);
  const admin = new pg.Pool({ connectionString: adminUrl, max: 2, options: `-c search_path=${name},public` });
  const consumers: ChildProcess[] = [];
  const main = new URL(`../../../subgraphs/${name}/src/main.ts`, import.meta.url);
  const database = {
    DATABASE_URL: urlOf(name),
    DATABASE_OWNER_URL: urlOf(`${name}_owner`),
    DATABASE_ADMIN_URL: adminUrl,
  };
  let eventLog: EventLog | undefined;

  async function stop(): Promise<void> {
    await Promise.all(consumers.map(stopServer));
    await eventLog?.close();
    await admin.end();
    await drop();
  }

  try {
    const [code] = await once(startServer(main, { args: ['migrate'], env: database, preload: USAGE_PROBE }), 'exit');
    if (code !== EXIT.ok) throw new MarqueeError('MIGRATION_FAILED', `${name} migrate ended with code ${code}.`);
    const log = await openLog(brokers, { adminUrl, urlOf });
    eventLog = log.eventLog;
    await eventLog.createTopics([measured.topic]);
    const { rows } = await admin.query<{ pid: string }>(`select pg_read_file('postmaster.pid') as pid`);
    return {
      ...measured,
      eventLog,
      admin,
      postmaster: Number.parseInt(rows[0]?.pid ?? '', 10),
      startConsumer() {
        const env = { ...IMAGE_SETTINGS, ...log.env, DATABASE_URL: database.DATABASE_URL, PORT: '0' };
        const consumer = startServer(main, { args: ['consume'], env, preload: USAGE_PROBE });
        consumers.push(consumer);
        return consumer;
      },
      async applied() {
        const sum = 'select coalesce(sum(next_offset), 0)::integer as events from inbox_offsets where topic = $1';
        const { rows } = await admin.query<{ events: number }>(sum, [measured.topic.name]);
        return rows[0]?.events ?? 0;
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function openLog(
  brokers: readonly string[] | undefined,
  { adminUrl, urlOf }: { readonly adminUrl: string; urlOf(role: string): string },
): Promise<{ readonly eventLog: EventLog; readonly env: Record<string, string> }> {
  const logger = createLogger('bench', 'warn');
  if (brokers !== undefined) {
    const prefix = `bench-${randomBytes(4).toString('hex')}.`;
    const kafka = createKafkaEventLog({ brokers: [...brokers], clientId: 'bench', replication: 1, logger });
    return {
      eventLog: withTopicPrefix(kafka, prefix),
      env: { KAFKA_BROKERS: brokers.join(','), KAFKA_TOPIC_PREFIX: prefix },
    };
  }
  const url = urlOf('event_log');
  await prepareEventLog({ adminUrl, ownerUrl: urlOf('event_log_owner'), runtimeUrl: url }, logger);
  return { eventLog: createPostgresEventLog({ url, logger }), env: { EVENT_LOG_URL: url } };
}
