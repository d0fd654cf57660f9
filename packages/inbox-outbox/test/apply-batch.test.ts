import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { EventLog, OutgoingRecord, RecordBatch } from '@marquee/event-log/event-log';
import { encodeObserved } from '@marquee/events/codec';
import { deadLetterTopic } from '@marquee/events/topic';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import type { Pool } from '@marquee/postgres/pool';
import { MarqueeError } from '@marquee/runtime/errors';
import PQueue from 'p-queue';
import { Registry } from 'prom-client';
import { applyBatch, type BatchContext } from '../src/apply-batch.ts';
import { listDeadLetters } from '../src/dead-letters.ts';
import { createInboxMetrics } from '../src/inbox-metrics.ts';
import { observationConsumer } from '../src/observation-consumer.ts';
import { nextOffset } from '../src/partition-offset.ts';
import type { TopicHandler } from '../src/topic-handler.ts';
import { inboxPool, preparedDatabase, silent } from './fixtures/database.ts';
import { openLog } from './fixtures/log-place.ts';
import { countEffects, deleted, effectsOf, minute, observed, stateOf, TOPIC } from './fixtures/ratings.ts';

describe('applyBatch', () => {
  const metrics = new Registry();
  let database: Awaited<ReturnType<typeof preparedDatabase>>;
  let pool: Pool;
  let eventLog: EventLog;
  let context: BatchContext;
  before(async () => {
    database = await preparedDatabase();
    pool = inboxPool(database.inboxUrl, { metrics });
    eventLog = openLog({ kind: 'postgres', url: database.eventLogUrl }, silent);
    await eventLog.createTopics([deadLetterTopic('test')]);
    context = {
      pool,
      eventLog,
      deadLetterTopic: deadLetterTopic('test').name,
      tracing: undefined,
      group: 'test',
      metrics: createInboxMetrics(metrics),
      logger: silent,
      consumer: observationConsumer(TOPIC, countEffects),
      maxRows: 1_000,
      turns: new PQueue(),
    };
  });
  after(async () => {
    await eventLog.close();
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    for (const table of ['state', 'effects', 'inbox_offsets', 'inbox_observations'])
      await pool.query(`delete from ${table}`);
  });

  function batch(first: number, ...records: OutgoingRecord[]): RecordBatch {
    return {
      topic: TOPIC,
      partition: 0,
      records: records.map((record, n) => ({
        ...record,
        topic: TOPIC,
        partition: 0,
        offset: BigInt(first + n),
        timestamp: minute(0),
      })),
      highWatermark: BigInt(first + records.length),
    };
  }
  const apply = (first: number, ...records: OutgoingRecord[]) => applyBatch(context, batch(first, ...records));
  const next = () => nextOffset(pool, TOPIC, 0);
  const letters = () => listDeadLetters({ eventLog, subgraph: 'test', logger: silent });
  const withHandler = (handler: TopicHandler<never>): BatchContext => ({
    ...context,
    consumer: observationConsumer(TOPIC, handler),
  });

  test('writes effects, versions and the offset', async () => {
    await apply(0, observed('1', 0, 10), observed('2', 0, 20));
    assert.deepEqual(await stateOf(pool), { 1: 10, 2: 20 });
    assert.equal(await next(), 2n);
  });

  test('applies the latest observation of a movie in a batch, by time and then by offset', async () => {
    await apply(
      0,
      observed('1', 5, 15),
      observed('1', 3, 13),
      observed('2', 7, 1),
      observed('2', 7, 2),
      deleted('3', 1),
      observed('3', 1, 1),
    );
    assert.deepEqual(await stateOf(pool), { 1: 15, 2: 2, 3: 1 });
    assert.deepEqual(await effectsOf(pool), ['1@5 observed', '2@7 observed', '3@1 observed']);
    assert.equal(await next(), 6n);
  });

  test('never lets an older observation overwrite a newer one', async () => {
    await apply(0, observed('1', 5, 15));
    await apply(1, observed('1', 4, 14), observed('2', 1, 1));
    assert.deepEqual(await stateOf(pool), { 1: 15, 2: 1 });
    await apply(3, observed('1', 5, 16));
    assert.deepEqual(await stateOf(pool), { 1: 16, 2: 1 }, 'of the same moment, the later offset stands');
  });

  test('does not bring back what was deleted later than it was observed', async () => {
    await apply(0, observed('1', 1, 10));
    await apply(1, deleted('1', 3));
    await apply(2, observed('1', 2, 20));
    assert.deepEqual(await stateOf(pool), {});
    await apply(3, deleted('1', 4));
    await apply(4, observed('1', 5, 50));
    assert.deepEqual(await stateOf(pool), { 1: 50 });
    assert.deepEqual(await effectsOf(pool), ['1@1 observed', '1@3 deleted', '1@5 observed']);
  });

  test('moves only the version when the content is the same, however it is written', async () => {
    await apply(0, observed('1', 1, 10));
    const again = observed('1', 4, 10);
    const data = JSON.parse(String(again.value));
    again.value = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(data).reverse()), null, 2));
    await apply(1, again);
    await apply(2, observed('1', 3, 99));
    assert.deepEqual(await stateOf(pool), { 1: 10 }, 'the version moved to minute 4');
    assert.deepEqual(await effectsOf(pool), ['1@1 observed']);
  });

  test('skips what is applied, record by record, and takes gaps as they come', async () => {
    await apply(0, observed('1', 1, 1), observed('2', 1, 2));
    await apply(1, observed('2', 9, 99), observed('3', 1, 3));
    assert.deepEqual(await stateOf(pool), { 1: 1, 2: 2, 3: 3 });
    await apply(0, observed('1', 9, 99));
    assert.equal(await next(), 3n);
    await apply(1_000, observed('4', 1, 4));
    assert.equal(await next(), 1_001n);
    assert.deepEqual(await stateOf(pool), { 1: 1, 2: 2, 3: 3, 4: 4 });
  });

  test('lets one of several that hold the same batch apply it', async () => {
    const records = Array.from({ length: 50 }, (_, n) => observed(String(n), 1, n));
    const calls: number[] = [];
    const counting = withHandler(async (tx, changes) => {
      calls.push((changes as unknown as { observed: unknown[] }).observed.length);
      await countEffects(tx, changes);
    });
    await Promise.all(Array.from({ length: 6 }, () => applyBatch(counting, batch(0, ...records))));
    assert.deepEqual(calls, [50]);
    assert.equal((await effectsOf(pool)).length, 50);
    assert.equal(await next(), 50n);
  });

  test('takes as many statements for one record as for a thousand', async () => {
    const counted = async () =>
      Number(/ (\d+)$/m.exec(await metrics.getSingleMetricAsString('marquee_sql_statements_total'))?.[1]);
    const cost = async (first: number, count: number) => {
      const before = await counted();
      await apply(first, ...Array.from({ length: count }, (_, n) => observed(`${first}-${n}`, 1, n % 100)));
      return (await counted()) - before;
    };
    await apply(0, observed('0', 0, 0));
    const one = await cost(1, 1);
    assert.equal(one, 3 + 4, 'claim, guard and offset, and the four of the handler');
    assert.equal(await cost(2, 1_000), one);
  });

  test('puts aside what is no event, with its reason, and applies its neighbours', async () => {
    const poison: Record<string, OutgoingRecord> = {
      NOT_JSON: { ...observed('10', 1, 1), value: Buffer.from('{"movieId": ') },
      SCHEMA_INVALID: { ...observed('11', 1, 1), value: Buffer.from('{"movieId": "11", "voteCount": -1}') },
      UNKNOWN_TYPE: {
        ...observed('12', 1, 1),
        headers: { ...observed('12', 1, 1).headers, ce_type: 'somebody.else.v9' },
      },
      BAD_ENVELOPE: { ...observed('13', 1, 1), headers: { 'x-own': 'kept', 'content-type': 'application/json' } },
      MISSING_DATA: { ...observed('14', 1, 1), value: null },
    };
    const records = Object.values(poison).flatMap((record, n) => [observed(`1${n}0`, 1, n), record]);
    await apply(0, ...records);
    await apply(0, ...records);
    assert.deepEqual(await stateOf(pool), { 100: 0, 110: 1, 120: 2, 130: 3, 140: 4 });
    assert.equal(await next(), 10n);
    const found = await letters();
    assert.deepEqual(
      found.map(({ code }) => code),
      Object.keys(poison),
    );
    for (const [n, letter] of found.entries()) {
      const original = Object.values(poison)[n];
      assert.deepEqual(
        { id: letter.id, key: letter.key, value: letter.value, headers: letter.headers },
        { id: `${TOPIC}/0/${2 * n + 1}`, ...original },
      );
      assert.ok(letter.reason.length > 5);
    }
  });

  test('finds the one record that the handler refuses among two hundred', async () => {
    const records = Array.from({ length: 200 }, (_, n) => observed(`p${n}`, 1, n === 137 ? 666 : n));
    let transactions = 0;
    await applyBatch(
      withHandler((tx, changes) => {
        transactions++;
        return countEffects(tx, changes);
      }),
      batch(500, ...records),
    );
    const state = await stateOf(pool);
    assert.equal(Object.keys(state).length, 199);
    assert.equal(state.p137, undefined);
    assert.equal((await effectsOf(pool)).length, 199);
    assert.equal(await next(), 700n);
    assert.ok(transactions <= 2 * Math.ceil(Math.log2(200)) + 1, `${transactions} transactions`);
    const [letter] = (await letters()).filter(({ offset }) => offset === 637n);
    assert.equal(letter?.code, 'HANDLER_REJECTED');
    assert.match(letter?.reason ?? '', /no_beast.*23514/);
    assert.deepEqual(letter?.value, records[137]?.value);

    // Its version was not stored: corrected and published again, it is applied.
    await apply(700, observed('p137', 1, 137));
    assert.equal((await stateOf(pool)).p137, 137);
  });

  test('finds a record that fails only at the commit, and a handler that trips over one', async () => {
    await apply(800, observed('a', 1, 1), observed('b', 1, 667), observed('c', 1, 3));
    assert.deepEqual(await stateOf(pool), { a: 1, c: 3 });
    const clumsy: TopicHandler<never> = async (tx, changes) => {
      const { observed: all } = changes as unknown as { observed: { subject: string }[] };
      if (all.some(({ subject }) => subject === 'e'))
        throw new TypeError("Cannot read properties of undefined (reading 'x')");
      await countEffects(tx, changes);
    };
    await applyBatch(withHandler(clumsy), batch(803, observed('d', 1, 4), observed('e', 1, 5), observed('f', 1, 6)));
    assert.deepEqual(await stateOf(pool), { a: 1, c: 3, d: 4, f: 6 });
    assert.deepEqual(
      (await letters()).filter(({ offset }) => offset >= 800n).map(({ offset, code }) => [offset, code]),
      [
        [801n, 'HANDLER_REJECTED'],
        [804n, 'HANDLER_REJECTED'],
      ],
    );
  });

  test('rejects, and leaves everything as it was, when the fault is not the records', async () => {
    const failures: TopicHandler<never>[] = [
      async (tx) => void (await tx.query('select * from a_table_that_comes_with_the_next_migration')),
      async (tx) => void (await tx.query('create table forbidden ()')),
      async (tx) => void (await tx.query("set local statement_timeout = '20ms'; select pg_sleep(1)")),
      async () => {
        throw new MarqueeError('BUSY', 'come again', { retryable: true });
      },
    ];
    const before = (await letters()).length;
    for (const failure of failures) {
      const failing = withHandler(async (tx, changes) => {
        await countEffects(tx, changes);
        await failure(tx, changes);
      });
      await assert.rejects(applyBatch(failing, batch(0, observed('1', 1, 1), observed('2', 1, 2))));
    }
    assert.deepEqual(await effectsOf(pool), []);
    assert.ok([undefined, 0n].includes(await next()));
    assert.equal((await letters()).length, before);
    await apply(0, observed('1', 1, 1), observed('2', 1, 2));
    assert.equal((await effectsOf(pool)).length, 2);
  });

  test('does not move on when the dead letter cannot be published', async () => {
    const deaf: EventLog = openLog({ kind: 'postgres', url: database.eventLogUrl }, silent);
    await deaf.close();
    const poison = { ...observed('1', 1, 1), value: Buffer.from('?') };
    await assert.rejects(applyBatch({ ...context, eventLog: deaf }, batch(0, observed('2', 1, 2), poison)));
    assert.deepEqual(await stateOf(pool), {});
    assert.equal(await next(), undefined);
  });

  test('counts what became of each record', async () => {
    const outcomes = async () =>
      Object.fromEntries(
        (await metrics.getSingleMetric('marquee_inbox_records_total')?.get())?.values.map((it) => [
          it.labels.outcome,
          it.value,
        ]) ?? [],
      );
    metrics.getSingleMetric('marquee_inbox_records_total')?.reset();
    await apply(0, observed('1', 5, 1), observed('1', 6, 2), observed('2', 5, 1));
    await apply(2, observed('skipped', 1, 1), observed('1', 7, 2), observed('2', 4, 1), {
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

  describe('bounds transactions by rows', () => {
    const reviewed = (movieId: string, reviews: number): OutgoingRecord =>
      encodeObserved(MOVIE_RATINGS, {
        subject: movieId,
        observedAt: minute(1),
        source: 'https://api.themoviedb.org/3',
        data: { movieId, voteAverage: 5, voteCount: 1, reviews: Array.from({ length: reviews }, (_, n) => review(n)) },
      });
    const review = (n: number) => ({
      id: `review-${n}`,
      author: 'Someone',
      authorName: null,
      authorUsername: null,
      authorAvatarPath: null,
      rating: null,
      content: 'Words.',
      url: null,
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: null,
    });
    const cases = [
      { reviews: [0, 0, 0, 0, 0], maxRows: 2, movies: [2, 2, 1] },
      { reviews: [9, 0, 3, 3, 1, 40], maxRows: 10, movies: [1, 4, 1] },
      { reviews: [500, 0, 0, 499], maxRows: 100, movies: [1, 3] },
      { reviews: [1, 1, 1], maxRows: 1_000, movies: [3] },
    ];
    for (const { reviews, maxRows, movies } of cases) {
      test(`${reviews.join(', ')} reviews, at most ${maxRows} rows`, async () => {
        const seen: { movies: number; from: bigint | undefined }[] = [];
        const handler: TopicHandler<never> = async (_, { observed }) =>
          void seen.push({ movies: observed.length, from: await next() });
        const records = reviews.map((count, index) => reviewed(`${index}`, count));
        await applyBatch({ ...withHandler(handler), maxRows }, batch(0, ...records));
        assert.deepEqual(
          seen.map((transaction) => transaction.movies),
          movies,
        );
        assert.equal(
          seen.at(-1)?.from ?? 0n,
          BigInt(reviews.length - (movies.at(-1) ?? 0)),
          'those before are committed',
        );
        assert.equal(await next(), BigInt(reviews.length));
      });
    }

    test('a record that a later one of its key replaces counts nothing', async () => {
      const seen: number[] = [];
      const handler: TopicHandler<never> = async (_, { observed }) => void seen.push(observed.length);
      const again = [reviewed('a', 8), reviewed('a', 8), reviewed('b', 0), reviewed('a', 7), reviewed('c', 1)];
      await applyBatch({ ...withHandler(handler), maxRows: 10 }, batch(0, ...again));
      assert.deepEqual(seen, [2, 2]);
      assert.equal(await next(), 5n);
    });

    test('keeps what was applied before a part that fails, and applies it once', async () => {
      let isAway = true;
      const handler: TopicHandler<never> = async (tx, changes) => {
        if (isAway && changes.observed.some(({ subject }) => subject === 'c')) {
          throw Object.assign(new Error('the database goes down'), { code: '57P01', severity: 'FATAL' });
        }
        await countEffects(tx, changes);
      };
      const records = batch(0, observed('a', 1, 1), observed('b', 1, 2), observed('c', 1, 3), observed('d', 1, 4));
      const bounded = { ...withHandler(handler), maxRows: 1 };
      await assert.rejects(applyBatch(bounded, records));
      assert.equal(await next(), 2n);
      isAway = false;
      await applyBatch(bounded, records);
      assert.equal(await next(), 4n);
      assert.deepEqual(
        await effectsOf(pool),
        ['a', 'b', 'c', 'd'].map((id) => `${id}@1 observed`),
      );
    });
  });

  for (const code of ['40P01', '40001', '55P03']) {
    test(`tries a transaction again that lost against another with ${code}`, async () => {
      let losses = 3;
      const handler: TopicHandler<never> = async (tx, changes) => {
        await countEffects(tx, changes);
        if (losses-- > 0) throw Object.assign(new Error('it lost'), { code, severity: 'ERROR' });
      };
      await applyBatch(withHandler(handler), batch(0, observed('a', 1, 1), observed('b', 1, 2)));
      assert.deepEqual(await effectsOf(pool), ['a@1 observed', 'b@1 observed']);
      assert.equal(await next(), 2n);
    });
  }

  test('lets what others said go before what is observed, and no more at a time than there are turns', async () => {
    const order: string[] = [];
    const turns = new PQueue({ concurrency: 1 });
    const first = Promise.withResolvers<void>();
    void turns.add(() => first.promise);
    const inOrder = (name: string, priority: number) => {
      const consumer = { ...context.consumer, priority, apply: async () => void order.push(name) };
      return applyBatch({ ...context, turns, consumer }, batch(order.length, observed(name, 1, 1)));
    };
    const all = [inOrder('observed', 0), inOrder('also observed'.replace(' ', '-'), 0), inOrder('said', 1)];
    while (turns.size < 3) await new Promise(setImmediate);
    first.resolve();
    await Promise.all(all);
    assert.equal(order[0], 'said');
  });
});
