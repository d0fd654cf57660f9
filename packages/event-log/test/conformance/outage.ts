import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, RecordBatch } from '../../src/event-log.ts';
import { Bench, numbered, type StoppableHarness, unique, until } from './harness.ts';
import { consume, startLoad } from './load.ts';

/** More than the session of a member, 10 s. */
const SESSION_MS = 12_000;

/** Requires that an adapter survives a server that is stopped, or missing. The cases stop the server: one after the other. */
export function describeOutages(name: string, prepare: () => Promise<StoppableHarness>, nowhere: () => EventLog): void {
  describe(`${name}: a server that goes away`, () => {
    it('delivers everything in order while the server restarts twice under publishing and consuming', {
      timeout: 120_000,
    }, async () => {
      const server = await prepare();
      await using bench = new Bench(server, { waitMs: 60_000 });
      const topic = await bench.topic(3);
      const load = startLoad(bench, topic);
      const consumed = await consume(bench, topic);
      for (const restart of [1, 2]) {
        await until(() => consumed.values() > 100 * restart, 'records before the restart', 40_000);
        await server.stop();
        await sleep(1_000);
        await server.start();
        const mark = load.acknowledged();
        await until(() => load.acknowledged() > mark, 'publishing goes on', 60_000);
      }
      const rounds = await load.stop();
      await until(() => consumed.complete(rounds), 'all records', 60_000);
      consumed.assertInOrder(rounds);
      await bench.log.check();
    });

    it('goes on within seconds after an outage that is longer than a session', { timeout: 120_000 }, async (t) => {
      const server = await prepare();
      await using bench = new Bench(server, { waitMs: 45_000 });
      const topic = await bench.topic(1);
      const receivedAt = new Map<string, number>();
      const receive = (by: string, { records }: RecordBatch) => {
        for (const { value } of records) if (String(value) === 'back') receivedAt.set(by, Date.now());
      };
      const members = [1, 2].map((n) =>
        bench.subscribe({ topic, group: unique(`group-${n}`), handle: async (batch) => receive(`group ${n}`, batch) }),
      );
      const [first] = await Promise.all(members);
      await bench.log.read({
        name: 'reader',
        topic,
        position: (_partition, { first }) => first,
        handle: (batch) => receive('reader', batch),
      });
      await bench.log.publish(topic, numbered(0, 1));
      await until(() => first?.records.length === 1, 'the first');
      await server.stop();
      await sleep(SESSION_MS);
      await server.start();
      const startedAt = Date.now();
      await publishWhenBack(bench.log, topic);
      await until(() => receivedAt.size === 3, 'the record after the outage', 60_000);
      for (const [by, at] of receivedAt) t.diagnostic(`${by}: ${at - startedAt} ms after the server is back`);
      const longest = Math.max(...receivedAt.values()) - startedAt;
      assert.ok(longest < 10_000, `${longest} ms`);
    });

    it('gives up within its time and closes while the server stays away, and works again when it is back', {
      timeout: 90_000,
    }, async () => {
      const server = await prepare();
      await using bench = new Bench(server, { waitMs: 2_500 });
      const reading = new Bench(server);
      const topic = await bench.topic(1);
      await bench.log.publish(topic, numbered(0, 1));
      const reader = await reading.subscribe({ topic });
      await until(() => reader.records.length === 1, 'the first');
      await server.stop();
      const startedAt = Date.now();
      const expected = { name: 'MarqueeError', code: 'EVENT_LOG_UNREACHABLE', exitCode: 3, retryable: true };
      await Promise.all([
        assert.rejects(bench.log.publish(topic, numbered(1, 2)), expected),
        assert.rejects(bench.log.endOffsets(topic), expected),
        assert.rejects(bench.log.createTopics([{ name: unique('topic'), partitions: 1, compacted: false }]), expected),
        assert.rejects(bench.log.check(), expected),
        reading[Symbol.asyncDispose](),
      ]);
      assert.ok(Date.now() - startedAt < 15_000, `gave up and closed after ${Date.now() - startedAt} ms`);
      await server.start();
      await publishWhenBack(bench.log, topic);
      const after = await bench.subscribe({ topic });
      await until(() => after.values.includes('back'), 'what came after the outage');
      assert.equal(after.values[0], '0');
    });
  });

  describe(`${name}: a server that is not there`, { concurrency: true }, () => {
    const cases: Record<string, (log: EventLog) => Promise<unknown>> = {
      check: (log) => log.check(),
      publish: (log) => log.publish('topic', numbered(0, 1)),
      subscribe: (log) => log.subscribe({ group: 'group', topics: ['topic'], handle: async () => {} }),
      endOffsets: (log) => log.endOffsets('topic'),
      createTopics: (log) => log.createTopics([{ name: 'topic', partitions: 1, compacted: false }]),
    };
    for (const [method, call] of Object.entries(cases)) {
      it(`says so from ${method}()`, async () => {
        const log = nowhere();
        const startedAt = Date.now();
        await assert.rejects(call(log), {
          name: 'MarqueeError',
          code: 'EVENT_LOG_UNREACHABLE',
          exitCode: 3,
          message: /127\.0\.0\.1:\d+/,
        });
        assert.ok(Date.now() - startedAt < 8_000, `after ${Date.now() - startedAt} ms`);
        await log.close();
      });
    }
  });
}

async function publishWhenBack(log: EventLog, topic: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await log.publish(topic, [{ key: Buffer.from('key'), value: Buffer.from('back'), headers: {} }]);
      return;
    } catch (error) {
      if (attempt === 12) throw error;
    }
  }
}
