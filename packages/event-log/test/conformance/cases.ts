import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '@marquee/runtime/metrics';
import type { RecordBatch } from '../../src/event-log.ts';
import {
  Bench,
  type Harness,
  keyOfEachPartition,
  numbered,
  partitionOf,
  range,
  record,
  unique,
  until,
} from './harness.ts';

/** What every adapter has to do, on a real server. Each case has topics and groups of its own, so they run side by side. */
export function describeEventLog(name: string, harness: Harness): void {
  describe(`${name}: records`, { concurrency: 4 }, () => {
    it('keeps the order of a partition, and a key in its partition', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(3);
      const keys = range(0, 60).map((n) => `film-${n}`);
      for (const round of range(0, 5))
        await bench.log.publish(
          topic,
          keys.map((key) => record(key, `${key}:${round}`)),
        );
      const reader = await bench.subscribe({ topic });
      await until(() => reader.records.length === 300, 'all records');
      for (const key of keys) {
        const own = reader.records.filter((each) => String(each.key) === key);
        assert.deepEqual(
          own.map(({ value }) => String(value)),
          range(0, 5).map((round) => `${key}:${round}`),
        );
        assert.deepEqual([...new Set(own.map(({ partition }) => partition))], [partitionOf(key, 3)]);
      }
      for (const partition of [0, 1, 2]) {
        const offsets = reader.records.filter((each) => each.partition === partition).map(({ offset }) => offset);
        assert.deepEqual(offsets, range(0, offsets.length).map(BigInt), `dense offsets in partition ${partition}`);
      }
    });

    it('brings back headers, tombstones, empty values and any bytes as they were', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1, true);
      const bytes = Buffer.from(range(0, 256));
      const headers = { ce_type: 'a.b.v1', empty: '', 'Ünï-cödé': 'žluťoučký 🎬', nul: 'a\u0000b' };
      const sent = [
        record('text', 'value', headers),
        record('gone', null, { ce_id: '1' }),
        record('empty', ''),
        { key: bytes, value: bytes, headers: {} },
        record('', 'no key bytes'),
      ];
      const before = Date.now();
      await bench.log.publish(topic, sent);
      const reader = await bench.subscribe({ topic });
      await until(() => reader.records.length === sent.length, 'all records');
      assert.deepEqual(
        reader.records.map(({ key, value, headers: got }) => ({ key, value, headers: got })),
        sent,
      );
      for (const { timestamp } of reader.records) {
        assert.ok(Math.abs(timestamp.getTime() - before) < 60_000, `${timestamp.toISOString()} is about now`);
      }
    });

    it('takes records of 180 KB, and 5,000 in one call', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      const large = range(0, 24).map((n) => record('large', Buffer.alloc(180_000, n)));
      const many = range(0, 5_000).map((n) => record(`key-${n % 50}`, String(n)));
      await bench.log.publish(topic, large);
      await bench.log.publish(topic, many);
      const reader = await bench.subscribe({ topic, maxBatchRecords: 400 });
      await until(() => reader.records.length === 5_024, 'all records');
      const [first, rest] = [
        reader.records.filter((r) => String(r.key) === 'large'),
        reader.records.filter((r) => String(r.key) !== 'large'),
      ];
      assert.deepEqual(
        first.map(({ value }) => [value?.length, value?.[0], value?.at(-1)]),
        range(0, 24).map((n) => [180_000, n, n]),
      );
      for (const k of range(0, 50)) {
        const own = rest.filter(({ key }) => String(key) === `key-${k}`).map(({ value }) => Number(value));
        assert.deepEqual(
          own,
          range(0, 100).map((n) => n * 50 + k),
        );
      }
      assert.ok(
        reader.batches.every(({ records }) => records.length <= 400),
        'no batch is larger than asked for',
      );
    });

    it('keeps the order of one caller when several publish at once, and loses none', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2);
      await Promise.all(
        range(0, 6).map(async (caller) => {
          for (const n of range(0, 15))
            await bench.log.publish(topic, [record(`caller-${caller}`, String(n)), record(`other-${n}`, 'x')]);
        }),
      );
      const reader = await bench.subscribe({ topic });
      await until(() => reader.records.length === 180, 'all records');
      for (const caller of range(0, 6)) {
        const own = reader.records.filter(({ key }) => String(key) === `caller-${caller}`);
        assert.deepEqual(
          own.map(({ value }) => Number(value)),
          range(0, 15),
        );
      }
    });

    it('tells where each partition ends, and the high watermark with each batch', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(3);
      assert.deepEqual(
        await bench.log.endOffsets(topic),
        new Map([
          [0, 0n],
          [1, 0n],
          [2, 0n],
        ]),
      );
      const [first = '', , third = ''] = keyOfEachPartition(3);
      await bench.log.publish(topic, [...numbered(0, 4, first), ...numbered(0, 2, third)]);
      const ends = await bench.log.endOffsets(topic);
      assert.deepEqual(
        [...ends].sort(([a], [b]) => a - b),
        [
          [0, 4n],
          [1, 0n],
          [2, 2n],
        ],
      );
      const reader = await bench.subscribe({ topic });
      await until(() => reader.records.length === 6, 'all records');
      for (const { partition, highWatermark } of reader.batches) assert.equal(highWatermark, ends.get(partition));
    });
  });

  describe(`${name}: topics`, { concurrency: 4 }, () => {
    it('creates a topic once, however often and by however many it is asked to', async () => {
      await using bench = new Bench(harness);
      await using other = new Bench(harness);
      const definitions = [0, 1, 2].map(() => ({ name: unique('topic'), partitions: 4, compacted: true }));
      const reversed = [...definitions].reverse();
      await Promise.all(
        [bench, other, bench, other].map(({ log }, n) => log.createTopics(n % 2 ? definitions : reversed)),
      );
      await bench.log.createTopics(definitions);
      for (const { name: topic } of definitions) assert.equal((await bench.log.endOffsets(topic)).size, 4);
    });

    it('leaves a topic with fewer partitions as it is, and refuses one that is not compacted when it should be', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(2, false);
      await bench.log.createTopics([{ name: topic, partitions: 5, compacted: false }]);
      assert.equal((await bench.log.endOffsets(topic)).size, 2);
      await assert.rejects(bench.log.createTopics([{ name: topic, partitions: 2, compacted: true }]), {
        name: 'MarqueeError',
        code: 'TOPIC_MISMATCH',
        exitCode: 2,
      });
    });

    it('says which topic it does not know, and makes none by itself', async () => {
      await using bench = new Bench(harness);
      const topic = unique('nowhere');
      const expected = { name: 'MarqueeError', code: 'UNKNOWN_TOPIC', message: new RegExp(topic) };
      await assert.rejects(bench.log.publish(topic, numbered(0, 1)), expected);
      await assert.rejects(bench.log.endOffsets(topic), expected);
      await assert.rejects(
        bench.log.subscribe({ group: unique('group'), topics: [topic], handle: async () => {} }),
        expected,
      );
      await assert.rejects(bench.log.publish(topic, numbered(0, 1)), expected);
      await assert.rejects(bench.log.publish('no topic!', numbered(0, 1)), { code: 'INVALID_TOPIC' });
    });

    it('refuses a record that is too large with the name of the topic', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(1);
      const noise = Buffer.from(range(0, 2_000_000).map(() => Math.floor(Math.random() * 256)));
      const tooLarge = bench.log.publish(topic, [{ key: Buffer.from('key'), value: noise, headers: {} }]);
      await assert.rejects(tooLarge, { code: 'RECORD_TOO_LARGE', message: new RegExp(topic) });
      await bench.log.publish(topic, numbered(0, 1));
      assert.equal((await bench.log.endOffsets(topic)).get(0), 1n);
    });

    it('reports what it published and handled, and the lag that is left', async () => {
      const metrics = createMetrics('test');
      await using bench = new Bench(harness, { metrics });
      const topic = await bench.topic(1);
      const group = unique('group');
      await bench.log.publish(topic, numbered(0, 5));
      let isFailing = true;
      const reader = await bench.subscribe({
        topic,
        group,
        maxBatchRecords: 2,
        handle: async () => {
          if (isFailing) throw new Error('not now');
        },
      });
      const text = async (metric: string) => (await metrics.getSingleMetricAsString(metric)).split('\n');
      await until(() => reader.running.size === 0, 'the handler was called');
      const failed = `outcome="failed"`;
      for (let n = 0; !(await text('marquee_event_log_batch_seconds')).some((line) => line.includes(failed)); n++) {
        assert.ok(n < 500, 'a failure is counted');
        await sleep(20);
      }
      isFailing = false;
      await until(() => reader.records.length === 5, 'all records');
      const samples = async (metric: string) =>
        (await text(metric)).filter((line) => line.includes(topic) && !line.startsWith('#'));
      assert.match((await samples('marquee_event_log_published_records_total')).join(), / 5$/);
      const lag = async () => (await samples('marquee_event_log_lag_records')).join();
      for (let n = 0; !/ 0$/.test(await lag()); n++) {
        assert.ok(n < 100, `the lag comes down to nothing: ${await lag()}`);
        await sleep(20);
      }
      assert.match(await lag(), new RegExp(`group="${group}".*partition="0"`));
    });
  });

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
