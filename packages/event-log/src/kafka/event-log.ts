import type { Registry } from '@marquee/runtime/metrics';
import { countedPublish } from '../counted-publish.ts';
import type { EventLog, Reader } from '../event-log.ts';
import { closed } from '../event-log-error.ts';
import { eventLogMetrics } from '../event-log-metrics.ts';
import { keepReader } from '../keep-reader.ts';
import { type ClusterAdmin, createAdministration } from './administration.ts';
import type { KafkaConnection } from './connection.ts';
import { createPublisher, type Producer } from './publisher.ts';
import { startReader } from './reader.ts';
import { type RunConsumer, startSubscription } from './subscription.ts';
import type { TopicPolicy } from './topic-settings.ts';
import type { OpenAdmin } from './with-admin.ts';

export interface KafkaEventLogOptions extends KafkaConnection, TopicPolicy {
  metrics?: Registry;
}

/** The parts of the adapter that depend on its Kafka client. */
export interface KafkaClient {
  openAdmin: OpenAdmin<ClusterAdmin>;
  createProducer(connection: KafkaConnection): Producer;
  /** Runs a member of a group. */
  runConsumer: RunConsumer;
  /** Runs a consumer of all partitions. */
  runReader: RunConsumer;
}

/** Creates an event log on Apache Kafka with a client, which connects at its first use. */
export function createEventLogWith(client: KafkaClient, options: KafkaEventLogOptions): EventLog {
  const { replication, minInSyncReplicas, deleteRetentionMs } = options;
  const topicPolicy = { replication, minInSyncReplicas, deleteRetentionMs };
  const metrics = eventLogMetrics(options.metrics);
  const administration = createAdministration(options, client.openAdmin);
  const publisher = createPublisher(options, administration, client.createProducer);
  const readers = new Set<Reader>();
  let isClosed = false;

  return {
    system: 'kafka',

    createTopics: (topics) => administration.createTopics(topics, topicPolicy),

    publish: countedPublish(publisher, metrics),

    subscribe: async (subscribe) => {
      if (isClosed) throw closed();
      await administration.checkTopics(subscribe.topics);
      if (isClosed) throw closed();
      return keepReader(readers, startSubscription(options, client.runConsumer, administration, metrics, subscribe));
    },

    read: async (read) => {
      if (isClosed) throw closed();
      await administration.checkTopics([read.topic]);
      if (isClosed) throw closed();
      return keepReader(readers, startReader(options, client.runReader, administration, metrics, read));
    },

    endOffsets: async (topic) => {
      const bounds = await administration.bounds(topic);
      return new Map([...bounds].map(([partition, { end }]) => [partition, end]));
    },

    check: () => administration.check(),

    close: async () => {
      isClosed = true;
      await Promise.all([...readers].map((reader) => reader.close()));
      await publisher.close();
    },
  };
}
