import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Bench, type Harness, keyOfEachPartition, numbered, partitionOf, range, record, until } from './harness.ts';

/** Requires that an adapter keeps records, their order and their limits. */
export function describeRecords(name: string, harness: Harness): void {
  describe(`${name}: records`, { concurrency: 4 }, () => {
    it('keeps the order of a partition, and a key in its partition', async () => {
      await using bench = new Bench(harness);
      const topic = await bench.topic(3);
      const keys = range(0, 60).map((n) => `movie-${n}`);
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
}
