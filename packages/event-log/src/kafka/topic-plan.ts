import type { TopicDefinition } from '../event-log.ts';
import { type TopicPolicy, topicSettings } from './topic-settings.ts';

/** A topic as the cluster has it. */
export interface ExistingTopic {
  readonly partitions: number;
  /** Number of replicas of the partition that has the fewest. */
  readonly replication: number;
  /** Effective settings, those of the brokers included. */
  readonly settings: ReadonlyMap<string, string>;
}

/** A difference between a topic and its definition. */
export interface TopicChange {
  readonly topic: string;
  /** `topic` for a missing one, `partitions`, `replication.factor`, or the name of a setting. */
  readonly property: string;
  /** Null for a missing topic. */
  readonly from: string | null;
  readonly to: string;
  /**
   * `create` and `set`: applied. `refuse`: not applied, since it moves or loses records, or needs a choice of brokers. `keep`: the cluster
   * has more than is required, which is never lowered.
   */
  readonly action: 'create' | 'set' | 'refuse' | 'keep';
  /** The reason, and for a refused change what to do. */
  readonly note?: string;
}

/** Returns the differences between a topic and its definition. */
export function planTopic(
  definition: TopicDefinition,
  policy: TopicPolicy,
  existing: ExistingTopic | undefined,
): TopicChange[] {
  const settings = topicSettings(definition, policy);
  const topic = definition.name;
  if (existing === undefined) {
    const details = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
    const to = [`partitions=${definition.partitions}`, `replication.factor=${policy.replication}`, ...details];
    return [{ topic, property: 'topic', from: null, to: to.join(' '), action: 'create' }];
  }
  const changes = [
    comparePartitions(definition.partitions, existing),
    compareReplication(policy.replication, existing),
    ...Object.entries(settings).map(([name, value]) => compareSetting(name, value, existing)),
  ];
  return changes.filter((change) => change !== undefined).map((change) => ({ topic, ...change }));
}

type Difference = Omit<TopicChange, 'topic'> | undefined;

const MORE = 'more than required; it stays';

function comparePartitions(required: number, { partitions }: ExistingTopic): Difference {
  if (partitions === required) return undefined;
  const change = { property: 'partitions', from: String(partitions), to: String(required) };
  if (partitions > required) return { ...change, action: 'keep', note: MORE };
  const note =
    'more partitions would move keys away from their earlier records: publish on a new topic version (docs/events.md#a-new-topic-version)';
  return { ...change, action: 'refuse', note };
}

function compareReplication(required: number, { replication }: ExistingTopic): Difference {
  if (replication === required) return undefined;
  const change = { property: 'replication.factor', from: String(replication), to: String(required) };
  if (replication > required) return { ...change, action: 'keep', note: MORE };
  const note = 'an operator chooses the brokers of the new replicas: kafka-reassign-partitions.sh --execute';
  return { ...change, action: 'refuse', note };
}

function compareSetting(property: string, to: string, existing: ExistingTopic): Difference {
  const from = existing.settings.get(property) ?? null;
  if (from === to) return undefined;
  const change = { property, from, to };
  if (property === 'cleanup.policy') return comparePolicies(change);
  if (from !== null && amount(from) > amount(to)) return { ...change, action: 'keep', note: MORE };
  if (property === 'min.insync.replicas' && Number(to) > existing.replication) {
    const note = `there are ${existing.replication} replicas, so no record would be acknowledged: raise replication.factor first`;
    return { ...change, action: 'refuse', note };
  }
  return { ...change, action: 'set' };
}

/** A topic that only compacts keeps the latest record of each key for ever; every other policy deletes records by age. */
function comparePolicies(change: Pick<TopicChange, 'property' | 'from' | 'to'>): Difference {
  if (change.to === 'compact') return { ...change, action: 'set', note: 'records are no longer deleted by age' };
  const note =
    'records would be deleted by age: if that is meant, kafka-configs.sh --alter --add-config cleanup.policy=delete';
  return { ...change, action: 'refuse', note };
}

/** Returns the number of a setting; -1 is no limit. */
const amount = (value: string) => (value === '-1' ? Number.POSITIVE_INFINITY : Number(value));
