import type { TopicDefinition } from '../event-log.ts';

/** The properties of topics that follow from the cluster and not from their content. */
export interface TopicPolicy {
  /** Replication factor. */
  readonly replication: number;
  /** Number of replicas that must have a record before it is acknowledged. Left out: the brokers' default. */
  readonly minInSyncReplicas?: number | undefined;
  /** Milliseconds for which a compacted topic keeps a tombstone. Left out: the brokers' default. */
  readonly deleteRetentionMs?: number | undefined;
}

export const COMPACTION_LAG = 'min.compaction.lag.ms';

/** Returns the configuration of a topic by Kafka's names: https://kafka.apache.org/documentation/#topicconfigs */
export function topicSettings(topic: TopicDefinition, policy: TopicPolicy): Record<string, string> {
  const { minInSyncReplicas, deleteRetentionMs } = policy;
  return {
    'cleanup.policy': topic.compacted ? 'compact' : 'delete',
    ...(topic.compactionLagMs && { [COMPACTION_LAG]: String(topic.compactionLagMs) }),
    ...(topic.compacted && deleteRetentionMs && { 'delete.retention.ms': String(deleteRetentionMs) }),
    ...(minInSyncReplicas && { 'min.insync.replicas': String(minInSyncReplicas) }),
  };
}
