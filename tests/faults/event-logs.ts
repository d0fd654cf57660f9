import assert from 'node:assert/strict';
import type { EventLog } from '@marquee/event-log/event-log';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import { withTopicPrefix } from '@marquee/event-log/topic-prefix';
import { freePort } from '@marquee/local-services/free-port';
import { startBroker, startCluster } from '@marquee/local-services/kafka';
import type { Broker } from '@marquee/local-services/kafka-broker';
import { createLogger } from '@marquee/runtime/logger';
import { type Gate, openGate } from '@marquee/testing/gate';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { execute, query } from './databases.ts';
import { type Server, startPostgresServer } from './server.ts';

export type LogKind = 'kafka' | 'postgres';

type Environment = Readonly<Record<string, string>>;

/** The event log of one case. */
export interface CaseLog {
  readonly eventLog: EventLog;
  /** Environment of processes that connect to the server itself. */
  readonly env: Environment;
  /** Environment of processes that connect through `gate`. */
  readonly gatedEnv: Environment;
  readonly gate: Gate;
  /** Returns the members of a group: their Kafka ids, or the process ids of their sessions. */
  members(group: string): Promise<readonly string[]>;
  /** Deletes the offsets that the log keeps of a group without members. */
  deleteOffsets(group: string): Promise<void>;
  /** Sets the offset that the log keeps of a group without members to the end of each partition. */
  moveOffsetsToEnd(group: string, topic: string): Promise<void>;
}

/** The server of the event logs of all cases. */
export interface LogServer extends Server {
  readonly kind: LogKind;
  /** Kafka's brokers, by node id from 1; none for the Postgres event log. */
  readonly nodes: readonly Broker[];
  /** Creates an empty event log. */
  create(name: string): Promise<CaseLog>;
  remove(): Promise<void>;
}

const logger = createLogger('faults', 'silent');
/** Time for which a request of the suite waits for a server that is away. */
const WAIT_MS = 60_000;

/** Starts the server of event logs of a kind. */
export function startLogServer(kind: LogKind): Promise<LogServer> {
  return kind === 'kafka' ? startKafka() : startPostgresLogs();
}

async function startKafka(): Promise<LogServer> {
  const proxiedPort = await freePort();
  const gate = await openGate(`tcp://127.0.0.1:${proxiedPort}`);
  const proxyPort = Number(new URL(gate.url).port);
  const server = await startBroker({ proxied: { port: proxiedPort, proxyPort } });
  return {
    ...server,
    kind: 'kafka',
    nodes: [server],
    create: async (name) => kafkaLog(name, server.brokers, gate),
    remove: async () => {
      await gate.shut();
      await server.remove();
    },
  };
}

/** Starts three brokers that replicate every topic, without a gate in front of them. */
export async function startKafkaCluster(): Promise<LogServer> {
  const nodes = await startCluster(3);
  const brokers = nodes.flatMap((node) => node.brokers);
  const gate = await openGate(`tcp://${brokers[0]}`);
  const all = (work: (node: Broker) => Promise<void>) => async () => void (await Promise.all(nodes.map(work)));
  return {
    kind: 'kafka',
    nodes,
    stop: all((node) => node.stop()),
    kill: all((node) => node.kill()),
    start: all((node) => node.start()),
    create: async (name) => kafkaLog(name, brokers, gate, nodes.length),
    remove: async () => {
      await gate.shut();
      await all((node) => node.remove())();
    },
  };
}

/** Returns an event log whose topics and groups have a prefix of their own. */
function kafkaLog(name: string, brokers: readonly string[], gate: Gate, replication = 1): CaseLog {
  const prefix = `${name}.`;
  const shared = { KAFKA_TOPIC_PREFIX: prefix, KAFKA_REPLICATION: String(replication) };
  const admin = async <Result>(work: (admin: Admin) => Promise<Result>): Promise<Result> => {
    const client = kafkaClient(brokers).admin();
    await client.connect();
    return work(client).finally(() => client.disconnect());
  };
  const options = { brokers: [...brokers], clientId: 'faults', replication, logger, waitMs: WAIT_MS };
  return {
    eventLog: withTopicPrefix(createKafkaEventLog(options), prefix),
    env: { ...shared, KAFKA_BROKERS: brokers.join(',') },
    gatedEnv: { ...shared, KAFKA_BROKERS: new URL(gate.url).host },
    gate,
    members: (group) =>
      admin(async (client) => {
        const { groups } = await client.describeGroups([`${prefix}${group}`]);
        return groups.flatMap(({ members }) => members.map(({ memberId }) => memberId));
      }),
    deleteOffsets: async (group) => void (await admin((client) => client.deleteGroups([`${prefix}${group}`]))),
    moveOffsetsToEnd: (group, topic) =>
      admin((client) =>
        client.resetOffsets({ groupId: `${prefix}${group}`, topic: `${prefix}${topic}`, earliest: false }),
      ),
  };
}

/** Returns a client of the brokers, for what operators do. */
export function kafkaClient(brokers: readonly string[]): Kafka {
  return new Kafka({ clientId: 'faults', brokers: [...brokers], logLevel: logLevel.NOTHING });
}

async function startPostgresLogs(): Promise<LogServer> {
  const { urlOf, ...server } = await startPostgresServer();
  const adminUrl = urlOf('postgres');
  const gates: Gate[] = [];
  return {
    ...server,
    kind: 'postgres',
    nodes: [],
    async create(name) {
      await execute(adminUrl, `create database ${name}`);
      const url = urlOf(name, `log_${name}`);
      const roles = { adminUrl: urlOf(name), ownerUrl: urlOf(name, `log_owner_${name}`), runtimeUrl: url };
      await prepareEventLog(roles, logger);
      const gate = await openGate(url);
      gates.push(gate);
      return {
        eventLog: createPostgresEventLog({ url, logger, waitMs: WAIT_MS }),
        env: { EVENT_LOG_URL: url },
        gatedEnv: { EVENT_LOG_URL: gate.url },
        gate,
        members: async () => {
          const rows = await query<{ pid: number }>(
            urlOf(name),
            `select pid from pg_stat_activity where application_name = 'marquee-event-log-member' and datname = current_database()`,
          );
          return rows.map(({ pid }) => String(pid));
        },
        async deleteOffsets(group) {
          const statement = 'delete from event_log.group_offsets where group_name = $1 returning partition';
          const deleted = await query(urlOf(name), statement, [group]);
          assert.ok(deleted.length > 0, `${group} has offsets`);
        },
        moveOffsetsToEnd: (group, topic) =>
          execute(
            urlOf(name),
            `insert into event_log.group_offsets (group_name, topic_id, partition, next_offset)
             select $1, p.topic_id, p.partition, p.next_offset
             from event_log.partitions p join event_log.topics t on t.id = p.topic_id where t.name = $2
             on conflict (group_name, topic_id, partition) do update set next_offset = excluded.next_offset`,
            [group, topic],
          ),
      };
    },
    async remove() {
      for (const gate of gates) await gate.shut();
      await server.remove();
    },
  };
}
