import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Bench, type Harness, keyOfEachPartition, numbered, range, unique, until } from './harness.ts';

/** How batches are handed out, repeated, held back and ended. */
export function describeHandlers(name: string, harness: Harness): void {
  describe(`${name}: handlers`, { concurrency: 4 }, () => {
    it('repeats a batch that failed, in order, while other partitions go on and the membership is kept', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const [bad = '', good = ''] = keyOfEachPartition(2);
      await bench.log.publish(topic, [...numbered(0, 6, bad), ...numbered(0, 6, good)]);
      const attempts: string[][] = [];
      let goodWhileFailing = 0;
      let asked = 0;
      const reader = await bench.subscribe({
        topic,
        maxBatchRecords: 2,
        position: async () => {
          asked++;
          return undefined;
        },
        handle: async ({ partition, records }) => {
          if (partition === 1) {
            if (attempts.length > 0 && attempts.length < 4) goodWhileFailing += records.length;
            return;
          }
          attempts.push(records.map(({ value }) => String(value)));
          if (attempts.length < 5) throw new Error(`attempt ${attempts.length} fails`);
        },
      });
      await until(() => attempts.length >= 2, 'a second attempt');
      await bench.log.publish(topic, numbered(6, 9, good));
      await until(() => reader.records.length === 15, 'all records');
      assert.deepEqual(
        attempts.slice(0, 5),
        range(0, 5).map(() => ['0', '1']),
        'the same records each time',
      );
      assert.deepEqual(attempts.slice(5), [
        ['2', '3'],
        ['4', '5'],
      ]);
      assert.deepEqual(
        reader.records.filter((r) => r.partition === 0).map((r) => String(r.value)),
        range(0, 6).map(String),
      );
      assert.ok(goodWhileFailing >= 3, 'the other partition went on');
      assert.equal(asked, 2, 'the partitions were assigned once');
    });

    it('gives up a partition that keeps failing when another member is due to have it', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const group = unique('group');
      const keys = keyOfEachPartition(2);
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(0, 3, key)),
      );
      let attempts = 0;
      const failing = await bench.subscribe({
        topic,
        group,
        handle: async () => {
          attempts++;
          throw new Error('always');
        },
      });
      await until(() => attempts >= 4, 'some attempts');
      const working = await bench.subscribe({ topic, group });
      await until(() => working.records.length >= 3, 'one partition moved');
      await failing.subscription.close();
      await until(() => working.records.length === 6, 'and then the other');
      for (const partition of [0, 1]) {
        assert.deepEqual(
          working.records.filter((r) => r.partition === partition).map((r) => String(r.value)),
          ['0', '1', '2'],
        );
      }
      assert.deepEqual(failing.records, []);
    });

    it('hands out nothing while it is paused', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const keys = keyOfEachPartition(2);
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(0, 2, key)),
      );
      const reader = await bench.subscribe({ topic });
      await until(() => reader.records.length === 4, 'the first four');
      reader.subscription.pause();
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(2, 5, key)),
      );
      await sleep(1_500);
      assert.equal(reader.records.length, 4);
      reader.subscription.resume();
      await until(() => reader.records.length === 10, 'the rest');
      for (const partition of [0, 1]) {
        assert.deepEqual(
          reader.records.filter((r) => r.partition === partition).map((r) => String(r.value)),
          range(0, 5).map(String),
        );
      }
    });

    it('stays paused when it was paused before its first partition came', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      await bench.log.publish(topic, numbered(0, 2));
      const reader = await bench.subscribe({ topic });
      reader.subscription.pause();
      const already = reader.records.length;
      await sleep(1_500);
      assert.equal(reader.records.length, already);
      reader.subscription.resume();
      await until(() => reader.records.length === 2, 'both');
    });

    it('waits at its close for the handler that runs, and hands out nothing after', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      const group = unique('group');
      await bench.log.publish(topic, numbered(0, 6));
      const entered = Promise.withResolvers<void>();
      const finish = Promise.withResolvers<void>();
      const reader = await bench.subscribe({
        topic,
        group,
        maxBatchRecords: 2,
        handle: async () => {
          entered.resolve();
          await finish.promise;
        },
      });
      await entered.promise;
      let isClosed = false;
      const closing = reader.subscription.close().then(() => {
        isClosed = true;
      });
      await sleep(700);
      assert.equal(isClosed, false, 'it waits');
      finish.resolve();
      await closing;
      assert.deepEqual(reader.values, ['0', '1']);
      const next = await bench.subscribe({ topic, group });
      await until(() => next.records.length === 4, 'the rest, after what was handled');
      assert.deepEqual(next.values, ['2', '3', '4', '5']);
    });

    it('closes at once while a batch waits to come again', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      await bench.log.publish(topic, numbered(0, 1));
      let attempts = 0;
      const reader = await bench.subscribe({
        topic,
        handle: async () => {
          attempts++;
          throw new Error('always');
        },
      });
      await until(() => attempts >= 5, 'some attempts');
      const startedAt = Date.now();
      await reader.subscription.close();
      assert.ok(Date.now() - startedAt < 3_000, `closed after ${Date.now() - startedAt} ms`);
      const made = attempts;
      await sleep(2_000);
      assert.equal(attempts, made);
    });
  });
}
