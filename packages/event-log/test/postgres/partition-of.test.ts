import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Partitioners } from 'kafkajs';
import { partitionOf } from '../../src/postgres/partition-of.ts';

test('a key has the partition that the default partitioner of kafkajs gives it', () => {
  const partitioner = Partitioners.DefaultPartitioner();
  for (const partitions of [1, 3, 12, 100]) {
    const partitionMetadata = Array.from({ length: partitions }, (_, partitionId) => ({
      ...{ partitionId, partitionErrorCode: 0, leader: 0, replicas: [], isr: [] },
    }));
    for (let length = 0; length < 200; length += 1) {
      const key = randomBytes(length % 40);
      const expected = partitioner({ topic: 'topic', partitionMetadata, message: { key, value: null } });
      assert.equal(partitionOf(key, partitions), expected, key.toString('hex'));
    }
  }
});
