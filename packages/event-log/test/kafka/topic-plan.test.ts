import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planTopic } from '../../src/kafka/topic-plan.ts';

const definition = { name: 'movies', partitions: 6, compacted: true, compactionLagMs: 1_000 };
const policy = { replication: 3, minInSyncReplicas: 2, deleteRetentionMs: 5_000 };
const settings = {
  'cleanup.policy': 'compact',
  'min.compaction.lag.ms': '1000',
  'delete.retention.ms': '5000',
  'min.insync.replicas': '2',
};

/** Returns the changes of a topic that differs from its definition, as `action property from -> to`. */
function changes(existing: { partitions?: number; replication?: number; settings?: Record<string, string> }) {
  const topic = {
    partitions: 6,
    replication: 3,
    ...existing,
    settings: new Map(Object.entries({ ...settings, ...existing.settings })),
  };
  return planTopic(definition, policy, topic).map(
    ({ action, property, from, to }) => `${action} ${property} ${from} -> ${to}`,
  );
}

test('a topic as its definition needs no change', () => assert.deepEqual(changes({}), []));

test('a missing topic is created with every setting', () => {
  assert.deepEqual(planTopic(definition, policy, undefined), [
    {
      topic: 'movies',
      property: 'topic',
      from: null,
      to: 'partitions=6 replication.factor=3 cleanup.policy=compact min.compaction.lag.ms=1000 delete.retention.ms=5000 min.insync.replicas=2',
      action: 'create',
    },
  ]);
});

test('settings that are not configured are those of the brokers', () => {
  const existing = { partitions: 1, replication: 1, settings: new Map([['cleanup.policy', 'delete']]) };
  assert.deepEqual(planTopic({ name: 'plain', partitions: 1, compacted: false }, { replication: 1 }, existing), []);
});

const cases: [existing: Parameters<typeof changes>[0], expected: string][] = [
  [{ partitions: 5 }, 'refuse partitions 5 -> 6'],
  [{ partitions: 7 }, 'keep partitions 7 -> 6'],
  [{ replication: 2 }, 'refuse replication.factor 2 -> 3'],
  [{ replication: 4 }, 'keep replication.factor 4 -> 3'],
  [{ settings: { 'min.insync.replicas': '1' } }, 'set min.insync.replicas 1 -> 2'],
  [{ settings: { 'min.insync.replicas': '3' } }, 'keep min.insync.replicas 3 -> 2'],
  [{ settings: { 'cleanup.policy': 'delete' } }, 'set cleanup.policy delete -> compact'],
  [{ settings: { 'cleanup.policy': 'compact,delete' } }, 'set cleanup.policy compact,delete -> compact'],
  [{ settings: { 'min.compaction.lag.ms': '0' } }, 'set min.compaction.lag.ms 0 -> 1000'],
  [{ settings: { 'delete.retention.ms': '86400000' } }, 'keep delete.retention.ms 86400000 -> 5000'],
  [{ settings: { 'delete.retention.ms': '-1' } }, 'keep delete.retention.ms -1 -> 5000'],
];

for (const [existing, expected] of cases) test(expected, () => assert.deepEqual(changes(existing), [expected]));

test('more replicas in sync than there are replicas is refused, since nothing would be acknowledged', () => {
  assert.deepEqual(changes({ replication: 1, settings: { 'min.insync.replicas': '1' } }), [
    'refuse replication.factor 1 -> 3',
    'refuse min.insync.replicas 1 -> 2',
  ]);
});

test('a policy that would delete records by age is refused', () => {
  const existing = { partitions: 1, replication: 1, settings: new Map([['cleanup.policy', 'compact']]) };
  const [change] = planTopic({ name: 'plain', partitions: 1, compacted: false }, { replication: 1 }, existing);
  assert.deepEqual([change?.action, change?.to], ['refuse', 'delete']);
});
