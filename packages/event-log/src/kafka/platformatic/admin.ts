import { Admin, ConfigResourceTypes, ListOffsetTimestamps } from '@platformatic/kafka';
import type { ClusterAdmin } from '../administration.ts';
import type { KafkaConnection } from '../connection.ts';
import { isUnknownTopic, kafkaErrorTypes } from '../kafka-error.ts';
import { topicSettings } from '../topic-settings.ts';
import type { AdminSession } from '../with-admin.ts';
import { clientOptions, closeClient } from './client.ts';

export function openAdmin(connection: KafkaConnection, requestTimeoutMs: number): AdminSession<ClusterAdmin> {
  const admin = new Admin({ ...clientOptions(connection), requestTimeout: requestTimeoutMs });
  return {
    connect: async () => toClusterAdmin(admin),
    close: () => closeClient(admin, () => admin.close(), 1_000),
  };
}

function toClusterAdmin(admin: Admin): ClusterAdmin {
  async function partitionCount(topic: string): Promise<number> {
    try {
      const { topics } = await admin.metadata({ topics: [topic], forceUpdate: true });
      return topics.get(topic)?.partitionsCount ?? 0;
    } catch (error) {
      if (isUnknownTopic(error)) return 0;
      throw error;
    }
  }

  async function offsets(topic: string, timestamp: bigint): Promise<Map<number, bigint>> {
    const count = await partitionCount(topic);
    const partitions = Array.from({ length: count }, (_, partitionIndex) => ({ partitionIndex, timestamp }));
    const [result] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
    return new Map(result?.partitions.map(({ partitionIndex, offset }) => [partitionIndex, offset]));
  }

  return {
    partitionCount,
    createTopic: async (topic, policy) => {
      const configs = Object.entries(topicSettings(topic, policy)).map(([name, value]) => ({ name, value }));
      const { name, partitions } = topic;
      try {
        await admin.createTopics({ topics: [{ topic: name, partitions, replicas: policy.replication }], configs });
        return true;
      } catch (error) {
        if (kafkaErrorTypes(error).includes('TOPIC_ALREADY_EXISTS')) return false;
        throw error;
      }
    },
    settings: async (resourceName, names) => {
      const [topic] = await admin.describeConfigs({
        resources: [{ resourceType: ConfigResourceTypes.TOPIC, resourceName, configurationKeys: [...names] }],
      });
      return new Map(topic?.configs.map(({ name, value }) => [name, value ?? null]));
    },
    bounds: async (topic) => {
      const first = await offsets(topic, ListOffsetTimestamps.EARLIEST);
      const end = await offsets(topic, ListOffsetTimestamps.LATEST);
      return new Map([...end].map(([partition, at]) => [partition, { first: first.get(partition) ?? 0n, end: at }]));
    },
    check: async () => void (await admin.metadata({ topics: [], forceUpdate: true })),
  };
}
