import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** A broker that this process started. It keeps its address and data when it is started again. */
export interface Broker {
  /** `host:port`, for clients and `KAFKA_BROKERS`. */
  readonly brokers: string[];
  /** Stops it in an orderly way; it can be started again. */
  stop(): Promise<void>;
  /** Kills it like a crash; it can be started again. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`; resolves when it responds. */
  start(): Promise<void>;
  /** Stops it and removes its data. */
  remove(): Promise<void>;
}

/** A second listener of a broker, whose clients are sent to the port of a proxy in front of it. */
export interface ProxiedListener {
  readonly port: number;
  readonly proxyPort: number;
}

export interface BrokerOptions {
  /** Default: a free one. */
  readonly port?: number;
  readonly proxied?: ProxiedListener;
}

interface BrokerAddresses {
  readonly broker: number;
  readonly controller: number;
  readonly bind: string;
  readonly proxied?: ProxiedListener | undefined;
}

/** Returns the settings of one broker that is its own controller (KRaft), sized for a laptop, without automatic creation of topics. */
export function brokerSettings({ proxied, ...ports }: BrokerAddresses): Record<string, string> {
  const listener = proxied ? `,PROXIED://${ports.bind}:${proxied.port}` : '';
  const advertised = proxied ? `,PROXIED://127.0.0.1:${proxied.proxyPort}` : '';
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${ports.bind}:${ports.broker}${listener},CONTROLLER://127.0.0.1:${ports.controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${ports.broker}${advertised}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'auto.create.topics.enable': 'false',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // After a crash the broker can register again only after its previous session has expired; 9 s by default.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'log.cleaner.dedupe.buffer.size': String(4 * 1024 * 1024),
    'num.network.threads': '2',
    'num.io.threads': '4',
  };
}

/** TLS and login of a client of a broker. */
export type ClientSecurity = Pick<KafkaConfig, 'ssl' | 'sasl'>;

/** Returns the settings of the nodes of a cluster that replicates each record to all of them, and acknowledges it when all but one have it. */
export function clusterSettings(
  ports: readonly Pick<BrokerAddresses, 'broker' | 'controller'>[],
): Record<string, string>[] {
  const replicas = String(ports.length);
  const inSync = String(Math.max(1, ports.length - 1));
  return ports.map((each, index) => ({
    ...brokerSettings({ ...each, bind: '127.0.0.1' }),
    'node.id': String(index + 1),
    'controller.quorum.voters': ports.map(({ controller }, node) => `${node + 1}@127.0.0.1:${controller}`).join(','),
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
  }));
}

/**
 * Waits until the broker responds and has registered.
 *
 * @param failure returns the reason of a failed start; undefined while it may succeed
 * @throws MarqueeError `BROKER_FAILED`
 */
export async function untilAnswers(
  broker: string,
  failure: () => Promise<string | undefined>,
  security: ClientSecurity = {},
  timeoutMs = 60_000,
): Promise<void> {
  const kafka = new Kafka({
    clientId: 'marquee-readiness',
    brokers: [broker],
    ...security,
    connectionTimeout: 1_000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 0 },
  });
  for (const deadline = Date.now() + timeoutMs; ; await sleep(100)) {
    const admin = kafka.admin();
    try {
      await admin.connect();
      const { brokers } = await admin.describeCluster();
      if (brokers.length > 0) return;
    } catch (cause) {
      const reason = (await failure()) ?? (Date.now() > deadline ? `no answer after ${timeoutMs / 1000} s` : undefined);
      if (reason !== undefined) {
        throw new MarqueeError('BROKER_FAILED', `The Kafka broker at ${broker} did not start: ${reason}`, { cause });
      }
    } finally {
      await admin.disconnect();
    }
  }
}
