import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PartitionBounds, ReadBatch, ReadOptions } from '../../src/event-log.ts';
import { Bench, type Harness, keyOfEachPartition, numbered, range, unique, until } from './harness.ts';

/** Requires that a reader gets every partition of a topic, from the positions of its caller. */
export function describeReaders(name: string, harness: Harness): void {
  describe(`${name}: readers`, { concurrency: 4 }, () => {
    it('delivers all partitions to each reader, from its positions on and as records come', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const keys = keyOfEachPartition(2);
      const publish = (from: number, to: number) =>
        bench.log.publish(
          topic,
          keys.flatMap((key) => numbered(from, to, key)),
        );
      await publish(0, 5);
      const whole = await read(bench, { topic });
      const end = await read(bench, { topic, position: (_partition, bounds) => bounds.end });
      await until(() => valuesOf(whole.batches, 0).length === 5 && valuesOf(whole.batches, 1).length === 5, 'the past');
      await until(() => end.placed.size === 2, 'the second reader begins');
      await publish(5, 8);
      await until(() => valuesOf(whole.batches, 1).length === 8 && valuesOf(whole.batches, 0).length === 8, 'both');
      await until(() => valuesOf(end.batches, 1).length === 3 && valuesOf(end.batches, 0).length === 3, 'the new ones');
      for (const partition of [0, 1]) {
        assert.deepEqual(valuesOf(whole.batches, partition), range(0, 8).map(String));
        assert.deepEqual(valuesOf(end.batches, partition), ['5', '6', '7']);
        assert.deepEqual(whole.placed.get(partition), { first: 0n, end: 5n });
      }
      for (const { records, next, highWatermark } of whole.batches) {
        assert.equal(next, (records.at(-1)?.offset ?? 0n) + 1n);
        assert.ok(next <= highWatermark);
      }
    });

    it('commits nothing, and leaves groups alone', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      const readerName = unique('reader');
      await bench.log.publish(topic, numbered(0, 3));
      const first = await read(bench, { topic, name: readerName });
      const member = await bench.subscribe({ topic, group: readerName });
      await until(() => valuesOf(first.batches, 0).length === 3 && member.records.length === 3, 'both read all');
      await first.close();
      await bench.log.publish(topic, numbered(3, 4));
      const second = await read(bench, { topic, name: readerName });
      await until(() => valuesOf(second.batches, 0).length === 4, 'a later reader begins at its own position');
      await until(() => member.records.length === 4, 'the group goes on');
      assert.deepEqual(valuesOf(first.batches, 0), ['0', '1', '2'], 'nothing after its close');
    });

    it('delivers a batch again after the handler has failed', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      await bench.log.publish(topic, numbered(0, 3));
      let failures = 2;
      const reader = await read(bench, {
        topic,
        handle: () => {
          if (failures-- > 0) throw new Error('not now');
        },
      });
      await until(() => valuesOf(reader.batches, 0).length === 3, 'all records in the end');
      assert.deepEqual(valuesOf(reader.batches, 0), ['0', '1', '2']);
    });

    it('rejects an unknown topic', async () => {
      await using bench = new Bench(harness);
      const topic = unique('nowhere');
      await assert.rejects(read(bench, { topic }), { code: 'UNKNOWN_TOPIC', message: new RegExp(topic) });
    });
  });
}

/** Reads a topic from its beginning by default, and keeps the batches that were handled. */
async function read(bench: Bench, options: Partial<ReadOptions> & { topic: string }) {
  const { position = (_partition, { first }) => first, handle = () => {}, ...rest } = options;
  const batches: ReadBatch[] = [];
  const placed = new Map<number, PartitionBounds>();
  const { close } = await bench.log.read({
    name: unique('reader'),
    ...rest,
    position: (partition, bounds) => {
      placed.set(partition, bounds);
      return position(partition, bounds);
    },
    handle: (batch) => {
      handle(batch);
      batches.push(batch);
    },
  });
  return { batches, placed, close };
}

function valuesOf(batches: readonly ReadBatch[], partition: number): string[] {
  return batches
    .filter((batch) => batch.partition === partition)
    .flatMap(({ records }) => records.map(({ value }) => String(value)));
}
