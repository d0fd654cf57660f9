import { messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import kafkajs, { type Admin } from 'kafkajs';
import { backOff, sleep } from '../back-off.ts';
import type { PartitionBounds, TopicDefinition } from '../event-log.ts';
import { checkTopicName, topicMismatch, unknownTopic } from '../event-log-error.ts';
import { DEFAULT_WAIT_MS, type KafkaConnection } from './client.ts';
import { kafkaErrorTypes } from './kafka-error.ts';
import { COMPACTION_LAG, type TopicPolicy, topicSettings } from './topic-settings.ts';
import { createWithAdmin } from './with-admin.ts';

// CommonJS of a form in which Node does not detect this named export.
const { ConfigResourceTypes } = kafkajs;

/** Administrative requests of the adapter. Each waits for the cluster for a bounded time. */
export interface KafkaAdministration {
  createTopics(topics: readonly TopicDefinition[], policy: TopicPolicy): Promise<void>;
  /** Throws `UNKNOWN_TOPIC` for the first missing topic. */
  checkTopics(topics: readonly string[]): Promise<void>;
  /** By partition. */
  bounds(topic: string): Promise<Map<number, PartitionBounds>>;
  check(): Promise<void>;
}

const CHECK_WAIT_MS = 4_000;
/** Time in which a busy broker may not have received the metadata of a new topic. */
const PROPAGATION_MS = 5_000;

export function createAdministration(connection: KafkaConnection): KafkaAdministration {
  const { brokers, logger, waitMs: patience = DEFAULT_WAIT_MS } = connection;
  const withAdmin = createWithAdmin(connection);

  async function partitionCount(admin: Admin, topic: string): Promise<number> {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    const count = topics.find(({ name }) => name === topic)?.partitions.length ?? 0;
    if (count === 0) throw unknownTopic(topic, brokers.join(','));
    return count;
  }

  return {
    createTopics: async (topics, policy) => {
      for (const { name } of topics) checkTopicName(name);
      // One request per topic: kafkajs fails a request for several topics when one exists.
      for (const topic of topics) {
        await withAdmin(patience, topic.name, async (admin) => {
          const isNew = await createTopic(admin, topic, policy);
          await waitForTopic(() => partitionCount(admin, topic.name), patience - 1_000);
          if (isNew) logger.info({ topic: topic.name, partitions: topic.partitions, ...policy }, 'created a topic');
          else await compare(admin, topic, logger);
        });
      }
    },
    checkTopics: async (topics) => {
      for (const topic of topics)
        await withAdmin(patience, topic, (admin) => waitForTopic(() => partitionCount(admin, topic), PROPAGATION_MS));
    },
    bounds: (topic) =>
      withAdmin(patience, topic, async (admin) => {
        await partitionCount(admin, topic);
        const offsets = await admin.fetchTopicOffsets(topic);
        return new Map(
          offsets.map(({ partition, low, high }) => [partition, { first: BigInt(low), end: BigInt(high) }]),
        );
      }),
    check: () => withAdmin(CHECK_WAIT_MS, '', async (admin) => void (await admin.describeCluster())),
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

async function compare(admin: Admin, topic: TopicDefinition, logger: Logger): Promise<void> {
  const { name, partitions, compacted, compactionLagMs = 0 } = topic;
  const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
  const existing = topics[0]?.partitions.length ?? 0;
  if (existing < partitions) {
    // Adding partitions would move existing keys to other partitions, and so break their order.
    logger.warn(
      { topic: name, existing, wanted: partitions },
      'the topic exists with fewer partitions; it stays as it is',
    );
  }
  if (!compacted) return;
  let settings: Map<string, string>;
  try {
    settings = await settingsOf(admin, name, ['cleanup.policy', COMPACTION_LAG]);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    logger.warn({ topic: name, reason: messageOf(error) }, 'cannot see whether the topic is compacted');
    return;
  }
  const policy = settings.get('cleanup.policy');
  if (policy !== undefined && !policy.split(',').includes('compact')) {
    throw topicMismatch(
      name,
      `its cleanup.policy is "${policy}": records would be deleted by age. Set it to "compact"`,
    );
  }
  if (Number(settings.get(COMPACTION_LAG) ?? compactionLagMs) < compactionLagMs) {
    const setting = `${COMPACTION_LAG}=${compactionLagMs}`;
    logger.warn(
      { topic: name, setting },
      'the topic is compacted too early for readers that resume: run "topics apply" of packages/event-log',
    );
  }
}

const isForbidden = (error: unknown) => kafkaErrorTypes(error).some((type) => type.endsWith('AUTHORIZATION_FAILED'));

async function settingsOf(admin: Admin, topic: string, configNames: string[]): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames }],
  });
  return new Map(resources[0]?.configEntries.map(({ configName, configValue }) => [configName, configValue]));
}

/** Waits until the brokers have the metadata of a new topic, with 50 ms doubling to 500 ms between attempts. */
async function waitForTopic(partitionCount: () => Promise<number>, waitMs: number): Promise<void> {
  const deadline = Date.now() + waitMs;
  const delays = backOff(50, 500);
  for (;;) {
    try {
      await partitionCount();
      return;
    } catch (error) {
      if (Date.now() > deadline || isForbidden(error)) throw error;
      await sleep(delays.next());
    }
  }
}
