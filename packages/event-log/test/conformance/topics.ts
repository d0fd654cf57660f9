import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createMetrics } from '@marquee/runtime/metrics';
import { Bench, type Harness, numbered, range, unique, until } from './harness.ts';

/** Requires that an adapter creates topics and describes them. */
export function describeTopics(name: string, harness: Harness): void {
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

    it('says of a key whether its latest record has a value, where it finds records by key', async () => {
      await using bench = new Bench(harness);
      const { log } = bench;
      const [topic, other] = [await bench.topic(2), await bench.topic(2)];
      const key = (name: string) => Buffer.from(name);
      const record = (name: string, value: Buffer | null) => ({ key: key(name), value, headers: {} });
      await log.publish(topic, [record('kept', key('1')), record('gone', key('1')), record('back', null)]);
      await log.publish(topic, [record('gone', null), record('back', key('2'))]);
      if (log.holds === undefined) return;
      const held = await Promise.all(['kept', 'gone', 'back', 'never'].map((name) => log.holds?.(topic, key(name))));
      assert.deepEqual(held, [true, false, true, false]);
      assert.equal(await log.holds(other, key('kept')), false);
    });

    it('says which topic it does not know, and makes none by itself', async () => {
      await using bench = new Bench(harness);
      const topic = unique('nowhere');
      const expected = { name: 'MarqueeError', code: 'UNKNOWN_TOPIC', message: new RegExp(topic) };
      await Promise.all([
        assert.rejects(bench.log.publish(topic, numbered(0, 1)), expected),
        assert.rejects(bench.log.endOffsets(topic), expected),
        assert.rejects(
          bench.log.subscribe({ group: unique('group'), topics: [topic], handle: async () => {} }),
          expected,
        ),
      ]);
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
      const samples = async (metric: string) =>
        (await text(metric)).filter((line) => line.includes(topic) && !line.startsWith('#'));
      assert.match((await samples('marquee_event_log_lag_records')).join(), / 5$/, 'failing records are not handled');
      isFailing = false;
      await until(() => reader.records.length === 5, 'all records');
      assert.match((await samples('marquee_event_log_published_records_total')).join(), / 5$/);
      const lag = async () => (await samples('marquee_event_log_lag_records')).join();
      for (let n = 0; !/ 0$/.test(await lag()); n++) {
        assert.ok(n < 100, `the lag comes down to nothing: ${await lag()}`);
        await sleep(20);
      }
      assert.match(await lag(), new RegExp(`group="${group}".*partition="0"`));
    });
  });
}
