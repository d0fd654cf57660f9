import type { Registry } from '@marquee/runtime/metrics';
import type { EventLog, Reader } from './event-log.ts';
import { checkTopicName, closed } from './event-log-error.ts';
import { eventLogMetrics } from './event-log-metrics.ts';
import { createAdministration } from './kafka/administration.ts';
import type { KafkaConnection } from './kafka/client.ts';
import { createPublisher } from './kafka/publisher.ts';
import { startReader } from './kafka/reader.ts';
import { startSubscription } from './kafka/subscription.ts';
import type { TopicPolicy } from './kafka/topic-settings.ts';
import { keepReader } from './keep-reader.ts';

export interface KafkaEventLogOptions extends KafkaConnection, TopicPolicy {
  metrics?: Registry;
}

/** Creates an event log on Apache Kafka, which connects at its first use. */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  const { replication, minInSyncReplicas, deleteRetentionMs } = options;
  const topicPolicy = { replication, minInSyncReplicas, deleteRetentionMs };
  const metrics = eventLogMetrics(options.metrics);
  const administration = createAdministration(options);
  const publisher = createPublisher(options, administration);
  const readers = new Set<Reader>();
  let isClosed = false;

  return {
    system: 'kafka',

    createTopics: (topics) => administration.createTopics(topics, topicPolicy),

    publish: async (topic, records) => {
      checkTopicName(topic);
      if (records.length === 0) return;
      await publisher.publish(topic, records);
      metrics.published(topic, records.length);
    },

    subscribe: async (subscribe) => {
      if (isClosed) throw closed();
      await administration.checkTopics(subscribe.topics);
      if (isClosed) throw closed();
      return keepReader(readers, startSubscription(options, administration, metrics, subscribe));
    },

    read: async (read) => {
      if (isClosed) throw closed();
      await administration.checkTopics([read.topic]);
      if (isClosed) throw closed();
      return keepReader(readers, startReader(options, administration, metrics, read));
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
