import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import PQueue from 'p-queue';
import type { TopicHandler } from '../src/topic-handler.ts';
import { applyBatch, type BatchDatabase, batch, openBatchDatabase } from './fixtures/batches.ts';
import { countEffects, deleted, effectsOf, observed, stateOf } from './fixtures/ratings.ts';

describe('applyBatch', () => {
  let database: BatchDatabase;
  before(async () => {
    database = await openBatchDatabase();
  });
  beforeEach(() => database.reset());
  after(() => database?.close());

  test('writes effects, versions and the offset', async () => {
    await database.apply(0, observed('1', 0, 10), observed('2', 0, 20));
    assert.deepEqual(await stateOf(database.pool), { 1: 10, 2: 20 });
    assert.equal(await database.next(), 2n);
  });

  test('applies the latest observation of a movie in a batch, by time and then by offset', async () => {
    await database.apply(
      0,
      observed('1', 5, 15),
      observed('1', 3, 13),
      observed('2', 7, 1),
      observed('2', 7, 2),
      deleted('3', 1),
      observed('3', 1, 1),
    );
    assert.deepEqual(await stateOf(database.pool), { 1: 15, 2: 2, 3: 1 });
    assert.deepEqual(await effectsOf(database.pool), ['1@5 observed', '2@7 observed', '3@1 observed']);
    assert.equal(await database.next(), 6n);
  });

  test('never lets an older observation overwrite a newer one', async () => {
    await database.apply(0, observed('1', 5, 15));
    await database.apply(1, observed('1', 4, 14), observed('2', 1, 1));
    assert.deepEqual(await stateOf(database.pool), { 1: 15, 2: 1 });
    await database.apply(3, observed('1', 5, 16));
    assert.deepEqual(await stateOf(database.pool), { 1: 16, 2: 1 }, 'of the same moment, the later offset stands');
  });

  test('does not bring back what was deleted later than it was observed', async () => {
    await database.apply(0, observed('1', 1, 10));
    await database.apply(1, deleted('1', 3));
    await database.apply(2, observed('1', 2, 20));
    assert.deepEqual(await stateOf(database.pool), {});
    await database.apply(3, deleted('1', 4));
    await database.apply(4, observed('1', 5, 50));
    assert.deepEqual(await stateOf(database.pool), { 1: 50 });
    assert.deepEqual(await effectsOf(database.pool), ['1@1 observed', '1@3 deleted', '1@5 observed']);
  });

  test('moves only the version when the content is the same, however it is written', async () => {
    await database.apply(0, observed('1', 1, 10));
    const again = observed('1', 4, 10);
    const data = JSON.parse(String(again.value));
    again.value = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(data).reverse()), null, 2));
    await database.apply(1, again);
    await database.apply(2, observed('1', 3, 99));
    assert.deepEqual(await stateOf(database.pool), { 1: 10 }, 'the version moved to minute 4');
    assert.deepEqual(await effectsOf(database.pool), ['1@1 observed']);
  });

  test('skips what is applied, record by record, and takes gaps as they come', async () => {
    await database.apply(0, observed('1', 1, 1), observed('2', 1, 2));
    await database.apply(1, observed('2', 9, 99), observed('3', 1, 3));
    assert.deepEqual(await stateOf(database.pool), { 1: 1, 2: 2, 3: 3 });
    await database.apply(0, observed('1', 9, 99));
    assert.equal(await database.next(), 3n);
    await database.apply(1_000, observed('4', 1, 4));
    assert.equal(await database.next(), 1_001n);
    assert.deepEqual(await stateOf(database.pool), { 1: 1, 2: 2, 3: 3, 4: 4 });
  });

  test('lets one of several that hold the same batch apply it', async () => {
    const records = Array.from({ length: 50 }, (_, n) => observed(String(n), 1, n));
    const calls: number[] = [];
    const counting = database.withHandler(async (tx, changes) => {
      calls.push((changes as unknown as { observed: unknown[] }).observed.length);
      await countEffects(tx, changes);
    });
    await Promise.all(Array.from({ length: 6 }, () => applyBatch(counting, batch(0, ...records))));
    assert.deepEqual(calls, [50]);
    assert.equal((await effectsOf(database.pool)).length, 50);
    assert.equal(await database.next(), 50n);
  });

  test('takes as many statements for one record as for a thousand', async () => {
    const counted = async () =>
      Number(/ (\d+)$/m.exec(await database.metrics.getSingleMetricAsString('marquee_sql_statements_total'))?.[1]);
    const cost = async (first: number, count: number) => {
      const before = await counted();
      await database.apply(first, ...Array.from({ length: count }, (_, n) => observed(`${first}-${n}`, 1, n % 100)));
      return (await counted()) - before;
    };
    await database.apply(0, observed('0', 0, 0));
    const one = await cost(1, 1);
    assert.equal(one, 3 + 4, 'claim, guard and offset, and the four of the handler');
    assert.equal(await cost(2, 1_000), one);
  });

  test('counts what became of each record', async () => {
    const outcomes = async () =>
      Object.fromEntries(
        (await database.metrics.getSingleMetric('marquee_inbox_records_total')?.get())?.values.map((it) => [
          it.labels.outcome,
          it.value,
        ]) ?? [],
      );
    database.metrics.getSingleMetric('marquee_inbox_records_total')?.reset();
    await database.apply(0, observed('1', 5, 1), observed('1', 6, 2), observed('2', 5, 1));
    await database.apply(2, observed('skipped', 1, 1), observed('1', 7, 2), observed('2', 4, 1), {
      ...observed('3', 1, 1),
      value: Buffer.from('?'),
    });
    assert.deepEqual(await outcomes(), {
      applied: 2,
      superseded: 1,
      skipped: 1,
      unchanged: 1,
      stale: 1,
      dead_letter: 1,
    });
  });

  for (const code of ['40P01', '40001', '55P03']) {
    test(`tries a transaction again that lost against another with ${code}`, async () => {
      let losses = 3;
      const handler: TopicHandler<never> = async (tx, changes) => {
        await countEffects(tx, changes);
        if (losses-- > 0) throw Object.assign(new Error('it lost'), { code, severity: 'ERROR' });
      };
      await applyBatch(database.withHandler(handler), batch(0, observed('a', 1, 1), observed('b', 1, 2)));
      assert.deepEqual(await effectsOf(database.pool), ['a@1 observed', 'b@1 observed']);
      assert.equal(await database.next(), 2n);
    });
  }

  test('lets what others said go before what is observed, and no more at a time than there are turns', async () => {
    const order: string[] = [];
    const turns = new PQueue({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    void turns.add(() => first.promise);
    const inOrder = (name: string, priority: number) => {
      const consumer = { ...database.options.consumer, priority, apply: async () => void order.push(name) };
      return applyBatch({ ...database.options, turns, consumer }, batch(order.length, observed(name, 1, 1)));
    };
    const all = [inOrder('observed', 0), inOrder('also observed'.replace(' ', '-'), 0), inOrder('said', 1)];
    while (turns.size < 3) await new Promise(setImmediate);
    first.resolve();
    await Promise.all(all);
    assert.equal(order[0], 'said');
  });
});
