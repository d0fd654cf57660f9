import kafkajs, { type Admin } from 'kafkajs';
import { within } from '../../back-off.ts';
import type { TopicDefinition } from '../../event-log.ts';
import type { ClusterAdmin } from '../administration.ts';
import type { KafkaConnection } from '../connection.ts';
import { kafkaErrorTypes } from '../kafka-error.ts';
import { type TopicPolicy, topicSettings } from '../topic-settings.ts';
import type { AdminSession } from '../with-admin.ts';
import { createClient } from './client.ts';

// CommonJS of a form in which Node does not detect this named export.
const { ConfigResourceTypes } = kafkajs;

/**
 * Returns a session of kafkajs' admin client. A long-lived one requests the metadata of every topic that it has ever used, which fails
 * once one of them is deleted.
 */
export function openKafkajsAdmin(connection: KafkaConnection, requestTimeoutMs: number): AdminSession<Admin> {
  const client = createClient(connection, { requestTimeoutMs });
  const admin = client.kafka.admin({ retry: { retries: 2, initialRetryTime: 100 } });
  return {
    connect: async () => {
      await admin.connect();
      return admin;
    },
    close: async () => {
      await within(1_000, admin.disconnect(), () => undefined).catch(() => {});
      client.cut();
    },
  };
}

export function openClusterAdmin(connection: KafkaConnection, requestTimeoutMs: number): AdminSession<ClusterAdmin> {
  const session = openKafkajsAdmin(connection, requestTimeoutMs);
  return { ...session, connect: async () => toClusterAdmin(await session.connect()) };
}

function toClusterAdmin(admin: Admin): ClusterAdmin {
  return {
    partitionCount: async (topic) => {
      const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
      return topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    },
    createTopic: (topic, policy) => createTopic(admin, topic, policy),
    settings: async (topic, configNames) => {
      const { resources } = await admin.describeConfigs({
        includeSynonyms: false,
        resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: [...configNames] }],
      });
      return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    },
    bounds: async (topic) => {
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(offsets.map(({ partition, low, high }) => [partition, { first: BigInt(low), end: BigInt(high) }]));
    },
    check: async () => void (await admin.describeCluster()),
  };
}

/** Returns true when the topic was created, false when it existed. */
export async function createTopic(admin: Admin, topic: TopicDefinition, policy: TopicPolicy): Promise<boolean> {
  try {
    return await admin.createTopics({
      waitForLeaders: false, // it would treat a topic without metadata on a broker as missing
      topics: [
        {
          topic: topic.name,
          numPartitions: topic.partitions,
          replicationFactor: policy.replication,
          configEntries: Object.entries(topicSettings(topic, policy)).map(([name, value]) => ({ name, value })),
        },
      ],
    });
  } catch (error) {
    // Created by another process between kafkajs' attempts, or by an attempt whose response was lost.
    if (kafkaErrorTypes(error).includes('TOPIC_ALREADY_EXISTS')) return false;
    throw error;
  }
}
