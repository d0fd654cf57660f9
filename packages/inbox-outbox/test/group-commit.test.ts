import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { RecordBatch } from '@marquee/event-log/event-log';
import PQueue from 'p-queue';
import { type BatchOptions, batchApplier } from '../src/batch-applier.ts';
import { nextOffset } from '../src/partition-offset.ts';
import type { TopicHandler } from '../src/topic-handler.ts';
import { type BatchDatabase, batchIn, openBatchDatabase } from './fixtures/batches.ts';
import { countEffects, effectsOf, observed, TOPIC } from './fixtures/ratings.ts';

describe('the parts of several partitions that wait', () => {
  let database: BatchDatabase;
  before(async () => {
    database = await openBatchDatabase();
  });
  beforeEach(() => database.reset());
  after(() => database?.close());

  /** Applies batches that all wait for the only turn. Returns what became of each, and the movies of each call of the handler. */
  async function applyTogether(
    batches: readonly RecordBatch[],
    handler: TopicHandler<never> = countEffects,
    options: Partial<BatchOptions> = {},
  ) {
    const turns = new PQueue({ concurrency: 1 });
    const turn = Promise.withResolvers<void>();
    void turns.add(() => turn.promise);
    const transactions: string[][] = [];
    const noted: TopicHandler<never> = async (tx, changes) => {
      transactions.push(changes.observed.map(({ subject }) => subject));
      await handler(tx, changes);
    };
    const apply = batchApplier({ ...database.withHandler(noted), turns, ...options });
    const applied = batches.map(apply);
    while (turns.size < batches.length) await new Promise(setImmediate);
    turn.resolve();
    return { outcomes: await Promise.allSettled(applied), transactions };
  }

  const next = (partition: number) => nextOffset(database.pool, TOPIC, partition);
  const statesOf = (outcomes: readonly PromiseSettledResult<void>[]) => outcomes.map(({ status }) => status);

  test('are committed by one transaction, with the offset of each', async () => {
    const batches = [
      batchIn(2, observed('c', 1, 1)),
      batchIn(0, observed('a', 1, 2), observed('b', 1, 3)),
      batchIn(1, observed('d', 1, 4)),
    ];
    const { outcomes, transactions } = await applyTogether(batches);
    assert.deepEqual(statesOf(outcomes), ['fulfilled', 'fulfilled', 'fulfilled']);
    assert.deepEqual(
      transactions.map((movies) => movies.toSorted()),
      [['a', 'b', 'c', 'd']],
    );
    assert.deepEqual([await next(0), await next(1), await next(2)], [2n, 1n, 1n]);
    const again = await applyTogether(batches);
    assert.deepEqual(again.transactions, []);
    assert.deepEqual(
      await effectsOf(database.pool),
      ['a', 'b', 'c', 'd'].map((id) => `${id}@1 observed`),
    );
  });

  test('are as many as the rows of a transaction permit', async () => {
    const batches = [0, 1, 2, 3, 4].map((partition) => batchIn(partition, observed(`${partition}`, 1, 1)));
    const { transactions } = await applyTogether(batches, countEffects, { maxRows: 2 });
    assert.deepEqual(
      transactions.map((movies) => movies.length),
      [2, 2, 1],
    );
  });

  test('are of one partition no more than one, so that a late consumer skips what another has applied', async () => {
    const { outcomes, transactions } = await applyTogether([
      batchIn(0, observed('a', 1, 1)),
      batchIn(0, observed('a', 1, 1)),
      batchIn(1, observed('b', 1, 1)),
    ]);
    assert.deepEqual(statesOf(outcomes), ['fulfilled', 'fulfilled', 'fulfilled']);
    assert.deepEqual(
      transactions.map((movies) => movies.toSorted()),
      [['a', 'b']],
    );
    assert.deepEqual(await effectsOf(database.pool), ['a@1 observed', 'b@1 observed']);
  });

  for (const [what, votes, poisoned] of [
    ['the handler', 666, 1],
    ['the commit', 667, 3],
  ] as const) {
    test(`are applied although ${what} rejects a record of one, which alone is a dead letter`, async () => {
      const handler: TopicHandler<never> = async (tx, changes) => {
        if (changes.observed.some(({ data }) => (data as { voteCount: number }).voteCount === 666))
          throw Object.assign(new Error('out of range'), { code: '22003', severity: 'ERROR' });
        await countEffects(tx, changes);
      };
      const { outcomes } = await applyTogether(
        [
          batchIn(0, observed('a', 1, 1)),
          batchIn(poisoned, observed('b', 1, 2), observed('poison', 1, votes)),
          batchIn(2, observed('c', 1, 3)),
        ],
        handler,
      );
      assert.deepEqual(statesOf(outcomes), ['fulfilled', 'fulfilled', 'fulfilled']);
      assert.deepEqual(
        await effectsOf(database.pool),
        ['a', 'b', 'c'].map((id) => `${id}@1 observed`),
      );
      assert.deepEqual([await next(0), await next(poisoned), await next(2)], [1n, 2n, 1n]);
      const letters = (await database.letters()).filter(({ partition }) => partition === poisoned);
      assert.deepEqual(
        letters.map(({ offset }) => offset),
        [1n],
      );
    });
  }

  test('are applied although one cannot be for now', async () => {
    const handler: TopicHandler<never> = async (tx, changes) => {
      if (changes.observed.some(({ subject }) => subject === 'later'))
        throw Object.assign(new Error('the disk is full'), { code: '53100', severity: 'ERROR' });
      await countEffects(tx, changes);
    };
    const { outcomes } = await applyTogether(
      [batchIn(0, observed('later', 1, 1)), batchIn(1, observed('b', 1, 2))],
      handler,
    );
    assert.deepEqual(statesOf(outcomes), ['rejected', 'fulfilled']);
    assert.equal(await next(0), undefined);
    assert.deepEqual(await effectsOf(database.pool), ['b@1 observed']);
  });
});
