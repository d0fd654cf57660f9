import type { Registry } from '@marquee/runtime/metrics';
import type { EventLog, Subscription } from './event-log.ts';
import { checkTopicName, closed } from './event-log-error.ts';
import { eventLogMetrics } from './event-log-metrics.ts';
import { createAdministration } from './kafka/administration.ts';
import type { KafkaConnection } from './kafka/client.ts';
import { createPublisher } from './kafka/publisher.ts';
import { startSubscription } from './kafka/subscription.ts';

export interface KafkaEventLogOptions extends KafkaConnection {
  /** Replication factor of new topics. */
  replication: number;
  metrics?: Registry;
}

/** Creates an event log on Apache Kafka, which connects at its first use. */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  const metrics = eventLogMetrics(options.metrics);
  const administration = createAdministration(options);
  const publisher = createPublisher(options, administration);
  const subscriptions = new Set<Subscription>();
  let isClosed = false;

  return {
    createTopics: (topics) => administration.createTopics(topics, options.replication),

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
      const subscription = startSubscription(options, administration, metrics, subscribe);
      subscriptions.add(subscription);
      return {
        ...subscription,
        close: async () => {
          await subscription.close();
          subscriptions.delete(subscription);
        },
      };
    },

    endOffsets: async (topic) => {
      const bounds = await administration.bounds(topic);
      return new Map([...bounds].map(([partition, { end }]) => [partition, end]));
    },

    check: () => administration.check(),

    close: async () => {
      isClosed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await publisher.close();
    },
  };
}
