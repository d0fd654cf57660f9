import kafkajs, { type Admin } from 'kafkajs';
import type { TopicDefinition } from '../../event-log.ts';
import { checkTopicName } from '../../event-log-error.ts';
import { CHECK_WAIT_MS, DEFAULT_WAIT_MS, type KafkaConnection } from '../connection.ts';
import { type ExistingTopic, planTopic, type TopicChange } from '../topic-plan.ts';
import type { TopicPolicy } from '../topic-settings.ts';
import { createWithAdmin } from '../with-admin.ts';
import { createTopic, openKafkajsAdmin } from './admin.ts';

// CommonJS of a form in which Node does not detect these named exports.
const { ConfigResourceTypes, ConfigSource } = kafkajs;

/** Compares topics with their definitions, and changes them. */
interface TopicAdministration {
  plan(): Promise<TopicChange[]>;
  /** Creates topics and changes settings, except refused ones. Returns the plan that it followed. */
  apply(): Promise<TopicChange[]>;
}

/** Returns the administration of these topics. */
export function createTopicAdministration(
  connection: KafkaConnection,
  definitions: readonly TopicDefinition[],
  policy: TopicPolicy,
): TopicAdministration {
  const { waitMs = DEFAULT_WAIT_MS } = connection;
  const withAdmin = createWithAdmin(connection, openKafkajsAdmin);
  for (const { name } of definitions) checkTopicName(name);

  async function plan(): Promise<TopicChange[]> {
    // An absent cluster is reported sooner than a busy one.
    await withAdmin(CHECK_WAIT_MS, '', (admin) => admin.describeCluster());
    const existing = await withAdmin(waitMs, '', (admin) => describeTopics(admin, definitions));
    return definitions.flatMap((definition) => planTopic(definition, policy, existing.get(definition.name)));
  }

  return {
    plan,
    apply: async () => {
      const changes = await plan();
      for (const definition of definitions) {
        const own = changes.filter(({ topic }) => topic === definition.name);
        const settings = own
          .filter(({ action }) => action === 'set')
          .map(({ property, to }) => [property, to] as const);
        await withAdmin(waitMs, definition.name, async (admin) => {
          if (own.some(({ action }) => action === 'create')) await createTopic(admin, definition, policy);
          if (settings.length > 0) await alterSettings(admin, definition.name, new Map(settings));
        });
      }
      return changes;
    },
  };
}

async function describeTopics(
  admin: Admin,
  definitions: readonly TopicDefinition[],
): Promise<ReadonlyMap<string, ExistingTopic>> {
  const present = new Set(await admin.listTopics());
  const names = definitions.map(({ name }) => name).filter((name) => present.has(name));
  if (names.length === 0) return new Map();
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await describeSettings(admin, names);
  return new Map(
    topics.map(({ name, partitions }) => {
      const entries = resources.find(({ resourceName }) => resourceName === name)?.configEntries ?? [];
      const settings = new Map(entries.map(({ configName, configValue }) => [configName, configValue]));
      const replication = Math.min(...partitions.map(({ replicas }) => replicas.length));
      return [name, { partitions: partitions.length, replication, settings }];
    }),
  );
}

const describeSettings = (admin: Admin, topics: readonly string[]) =>
  admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: ConfigResourceTypes.TOPIC, name })),
  });

/**
 * Changes settings of a topic. kafkajs has AlterConfigs only, which resets what it does not name, so the topic's other own settings are
 * sent again. One that somebody else changes at the same moment may be lost; the next plan shows it.
 */
async function alterSettings(admin: Admin, topic: string, settings: ReadonlyMap<string, string>): Promise<void> {
  const { resources } = await describeSettings(admin, [topic]);
  const own = (resources[0]?.configEntries ?? []).filter(
    ({ configSource }) => configSource === ConfigSource.TOPIC_CONFIG,
  );
  const entries = new Map([
    ...own.map(({ configName, configValue }) => [configName, configValue] as const),
    ...settings,
  ]);
  await admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: topic,
        configEntries: [...entries].map(([name, value]) => ({ name, value })),
      },
    ],
  });
}
