import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RecordBatch } from '../../src/event-log.ts';
import { Bench, type Harness, keyOfEachPartition, numbered, range, record, unique, until } from './harness.ts';

/** Requires that a group's members share partitions, and resume at their offsets. */
export function describeGroups(name: string, harness: Harness): void {
  describe(`${name}: groups`, { concurrency: 4 }, () => {
    it('shows every record to each of two groups, from the beginning and as they come', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      await bench.log.publish(topic, numbered(0, 10));
      const [one, two] = [await bench.subscribe({ topic }), await bench.subscribe({ topic })];
      await until(() => one.records.length === 10 && two.records.length === 10, 'what was there');
      await bench.log.publish(topic, numbered(10, 20));
      await until(() => one.records.length === 20 && two.records.length === 20, 'what came');
      for (const reader of [one, two]) assert.deepEqual(reader.values, range(0, 20).map(String));
    });

    it('goes on where the group stood', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      const group = unique('group');
      await bench.log.publish(topic, numbered(0, 10));
      const before = await bench.subscribe({ topic, group });
      await until(() => before.records.length === 10, 'the first ten');
      await before.subscription.close();
      await bench.log.publish(topic, numbered(10, 15));
      const after = await bench.subscribe({ topic, group });
      await until(() => after.records.length === 5, 'the rest');
      assert.deepEqual(after.values, ['10', '11', '12', '13', '14']);
    });

    it('shares the partitions among members that come and go, without loss and without running one twice at once', {
      timeout: 60_000,
    }, async () => {
      await using bench = new Bench(harness);
      await using other = new Bench(harness);
      const topic = await bench.topic(6);
      const group = unique('group');
      const next = new Map<number, bigint>();
      const runningNow = new Set<number>();
      const handled: string[] = [];
      // The caller's own offsets, as a consumer has that keeps them with its effects.
      const position = async (_topic: string, partition: number) => next.get(partition) ?? 0n;
      const handle = async ({ partition, records }: RecordBatch) => {
        assert.ok(!runningNow.has(partition), `two members run partition ${partition}`);
        runningNow.add(partition);
        await sleep(5);
        assert.equal(records[0]?.offset, next.get(partition) ?? 0n, `partition ${partition} goes on where it stood`);
        next.set(partition, (records.at(-1)?.offset ?? 0n) + 1n);
        handled.push(...records.map(({ key, value }) => `${key}:${value}`));
        runningNow.delete(partition);
      };
      let isPublishing = true;
      const keys = range(0, 30).map((n) => `k${n}`);
      let rounds = 0;
      const publishing = (async () => {
        for (; isPublishing; rounds++) {
          await bench.log.publish(
            topic,
            keys.map((key) => record(key, String(rounds))),
          );
          await sleep(30);
        }
      })();
      const options = { topic, group, position, handle, maxBatchRecords: 20 };
      const works = (reader: { records: { partition: number }[] }, count: number) => {
        const recent = new Set(reader.records.slice(-200).map(({ partition }) => partition));
        return recent.size >= count;
      };
      const first = await bench.subscribe(options);
      await until(() => works(first, 6), 'one member reads all partitions');
      const second = await other.subscribe(options);
      await until(() => works(second, 3), 'the second reads its share');
      const third = await bench.subscribe(options);
      await until(() => works(third, 2), 'the third reads its share');
      await second.subscription.close();
      const mark = third.records.length;
      await until(
        () => new Set(third.records.slice(mark).map(({ partition }) => partition)).size >= 3,
        'the others take over',
      );
      isPublishing = false;
      await publishing;
      await until(() => handled.length >= rounds * keys.length, 'all records');
      for (const key of keys) {
        const own = handled.filter((each) => each.startsWith(`${key}:`));
        assert.deepEqual(
          own,
          range(0, rounds).map((round) => `${key}:${round}`),
          `${key} in order, each once`,
        );
      }
    });

    it("starts at the caller's own offset, ahead of the group's, behind it, and at the end", async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      const group = unique('group');
      await bench.log.publish(topic, numbered(0, 10));
      const read = async (at: bigint, count: number) => {
        const reader = await bench.subscribe({ topic, group, position: async () => at });
        await until(() => reader.records.length >= count, `${count} records from ${at}`);
        await reader.subscription.close();
        return reader.offsets;
      };
      assert.deepEqual(await read(7n, 3), [7, 8, 9], 'no committed offset yet');
      assert.deepEqual(await read(4n, 6), [4, 5, 6, 7, 8, 9], 'behind the committed offset, which is the end');
      const atEnd = await bench.subscribe({ topic, group: unique('group'), position: async () => 10n });
      await sleep(1_500);
      assert.deepEqual(atEnd.offsets, [], 'nothing that came before');
      await bench.log.publish(topic, numbered(10, 11));
      await until(() => atEnd.records.length === 1, 'what came after');
      assert.deepEqual(atEnd.offsets, [10]);
    });

    it('asks for the position again whenever a partition is assigned, and waits for the answer', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const group = unique('group');
      const keys = keyOfEachPartition(2);
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(0, 5, key)),
      );
      const asked: string[] = [];
      let failures = 2;
      const start = new Map([
        [0, 1n],
        [1, 3n],
      ]);
      const position = (member: string) => async (_topic: string, partition: number) => {
        asked.push(`${member}/${partition}`);
        if (failures-- > 0) throw new Error('the database is away');
        return start.get(partition);
      };
      const one = await bench.subscribe({ topic, group, position: position('one') });
      await until(() => one.records.length === 6, 'both partitions from their positions');
      assert.deepEqual(
        one.records.filter((r) => r.partition === 0).map((r) => r.offset),
        [1n, 2n, 3n, 4n],
      );
      assert.deepEqual(
        one.records.filter((r) => r.partition === 1).map((r) => r.offset),
        [3n, 4n],
      );
      assert.ok(asked.length >= 4, 'asked again after it failed');
      start.set(0, 5n).set(1, 5n);
      const two = await bench.subscribe({ topic, group, position: position('two') });
      const moved = () => asked.filter((each) => each.startsWith('two/')).map((each) => each.replace('two', 'one'));
      await until(() => moved().length > 0, 'the second member is asked');
      const before = asked.length;
      await two.subscription.close();
      await until(() => moved().every((each) => asked.slice(before).includes(each)), 'the first is asked again');
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(5, 6, key)),
      );
      await until(() => one.records.length + two.records.length === 8, 'the new ones');
      assert.deepEqual(
        [...one.records, ...two.records].slice(6).map(({ offset }) => offset),
        [5n, 5n],
      );
    });

    it('holds a partition whose position is beyond its end until the position is put right', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      await bench.log.publish(topic, numbered(0, 3));
      let at = 99n;
      let asked = 0;
      const reader = await bench.subscribe({
        topic,
        position: async () => {
          asked++;
          return at;
        },
      });
      await until(() => asked >= 3, 'it is asked for again');
      assert.deepEqual(reader.values, []);
      at = 1n;
      await until(() => reader.records.length === 2, 'the rest');
      assert.deepEqual(reader.values, ['1', '2']);
    });
  });
}
