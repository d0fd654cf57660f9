import { messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import { backOff, sleep } from '../back-off.ts';
import type { PartitionBounds, TopicDefinition } from '../event-log.ts';
import { checkTopicName, topicMismatch, unknownTopic } from '../event-log-error.ts';
import { CHECK_WAIT_MS, DEFAULT_WAIT_MS, type KafkaConnection } from './connection.ts';
import { kafkaErrorTypes } from './kafka-error.ts';
import { COMPACTION_LAG, type TopicPolicy } from './topic-settings.ts';
import { createWithAdmin, type OpenAdmin } from './with-admin.ts';

/** Administrative requests to a cluster. */
export interface ClusterAdmin {
  /** Returns 0 for a missing topic. */
  partitionCount(topic: string): Promise<number>;
  /** Returns true when the topic was created, false when it existed. */
  createTopic(topic: TopicDefinition, policy: TopicPolicy): Promise<boolean>;
  settings(topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string | null>>;
  /** By partition, of a topic that exists. */
  bounds(topic: string): Promise<Map<number, PartitionBounds>>;
  check(): Promise<void>;
}

/** Administrative requests of the adapter. Each waits for the cluster for a bounded time. */
export interface KafkaAdministration {
  createTopics(topics: readonly TopicDefinition[], policy: TopicPolicy): Promise<void>;
  /** Throws `UNKNOWN_TOPIC` for the first missing topic. */
  checkTopics(topics: readonly string[]): Promise<void>;
  /** By partition. */
  bounds(topic: string): Promise<Map<number, PartitionBounds>>;
  check(): Promise<void>;
}

/** Time in which a busy broker may not have received the metadata of a new topic. */
const PROPAGATION_MS = 5_000;

export function createAdministration(
  connection: KafkaConnection,
  openAdmin: OpenAdmin<ClusterAdmin>,
): KafkaAdministration {
  const { brokers, logger, waitMs: patience = DEFAULT_WAIT_MS } = connection;
  const withAdmin = createWithAdmin(connection, openAdmin);

  async function requireTopic(admin: ClusterAdmin, topic: string): Promise<void> {
    if ((await admin.partitionCount(topic)) === 0) throw unknownTopic(topic, brokers.join(','));
  }

  return {
    createTopics: async (topics, policy) => {
      for (const { name } of topics) checkTopicName(name);
      // One request per topic: a request for several topics fails when one exists.
      for (const topic of topics) {
        await withAdmin(patience, topic.name, async (admin) => {
          const isNew = await admin.createTopic(topic, policy);
          await waitForTopic(() => requireTopic(admin, topic.name), patience - 1_000);
          if (isNew) logger.info({ topic: topic.name, partitions: topic.partitions, ...policy }, 'created a topic');
          else await compare(admin, topic, logger);
        });
      }
    },
    checkTopics: async (topics) => {
      for (const topic of topics)
        await withAdmin(patience, topic, (admin) => waitForTopic(() => requireTopic(admin, topic), PROPAGATION_MS));
    },
    bounds: (topic) =>
      withAdmin(patience, topic, (admin) =>
        // Each request may reach another broker.
        waitForTopic(async () => {
          await requireTopic(admin, topic);
          return admin.bounds(topic);
        }, PROPAGATION_MS),
      ),
    check: () => withAdmin(CHECK_WAIT_MS, '', (admin) => admin.check()),
  };
}

async function compare(admin: ClusterAdmin, topic: TopicDefinition, logger: Logger): Promise<void> {
  const { name, partitions, compacted, compactionLagMs = 0 } = topic;
  const existing = await admin.partitionCount(name);
  if (existing < partitions) {
    // Adding partitions would move existing keys to other partitions, and so break their order.
    logger.warn(
      { topic: name, existing, wanted: partitions },
      'the topic exists with fewer partitions; it stays as it is',
    );
  }
  if (!compacted) return;
  let settings: ReadonlyMap<string, string | null>;
  try {
    settings = await admin.settings(name, ['cleanup.policy', COMPACTION_LAG]);
  } catch (error) {
    if (!isForbidden(error)) throw error;
    logger.warn({ topic: name, reason: messageOf(error) }, 'cannot see whether the topic is compacted');
    return;
  }
  const policy = settings.get('cleanup.policy');
  if (policy && !policy.split(',').includes('compact')) {
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

/** Repeats a request until the brokers have the metadata of a new topic, with 50 ms doubling to 500 ms between attempts. */
async function waitForTopic<T>(request: () => Promise<T>, waitMs: number): Promise<T> {
  const deadline = Date.now() + waitMs;
  const delays = backOff(50, 500);
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (Date.now() > deadline || isForbidden(error)) throw error;
      await sleep(delays.next());
    }
  }
}
