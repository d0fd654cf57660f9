import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { MarqueeError } from '@marquee/runtime/errors';
import type { TopicHandler } from '../src/topic-handler.ts';
import { applyBatch, type BatchDatabase, batch, openBatchDatabase } from './fixtures/batches.ts';
import { countEffects, effectsOf, observed, stateOf, TOPIC } from './fixtures/ratings.ts';

describe('applyBatch with records that cannot be applied', () => {
  let database: BatchDatabase;
  before(async () => {
    database = await openBatchDatabase();
  });
  beforeEach(() => database.reset());
  after(() => database?.close());

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
    await database.apply(0, ...records);
    await database.apply(0, ...records);
    assert.deepEqual(await stateOf(database.pool), { 100: 0, 110: 1, 120: 2, 130: 3, 140: 4 });
    assert.equal(await database.next(), 10n);
    const found = await database.letters();
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
      database.withHandler((tx, changes) => {
        transactions++;
        return countEffects(tx, changes);
      }),
      batch(500, ...records),
    );
    const state = await stateOf(database.pool);
    assert.equal(Object.keys(state).length, 199);
    assert.equal(state.p137, undefined);
    assert.equal((await effectsOf(database.pool)).length, 199);
    assert.equal(await database.next(), 700n);
    assert.ok(transactions <= 2 * Math.ceil(Math.log2(200)) + 1, `${transactions} transactions`);
    const [letter] = (await database.letters()).filter(({ offset }) => offset === 637n);
    assert.equal(letter?.code, 'HANDLER_REJECTED');
    assert.match(letter?.reason ?? '', /no_beast.*23514/);
    assert.deepEqual(letter?.value, records[137]?.value);

    // Its version was not stored: corrected and published again, it is applied.
    await database.apply(700, observed('p137', 1, 137));
    assert.equal((await stateOf(database.pool)).p137, 137);
  });

  test('finds a record that fails only at the commit, and a handler that trips over one', async () => {
    await database.apply(800, observed('a', 1, 1), observed('b', 1, 667), observed('c', 1, 3));
    assert.deepEqual(await stateOf(database.pool), { a: 1, c: 3 });
    const clumsy: TopicHandler<never> = async (tx, changes) => {
      const { observed: all } = changes as unknown as { observed: { subject: string }[] };
      if (all.some(({ subject }) => subject === 'e'))
        throw new TypeError("Cannot read properties of undefined (reading 'x')");
      await countEffects(tx, changes);
    };
    await applyBatch(
      database.withHandler(clumsy),
      batch(803, observed('d', 1, 4), observed('e', 1, 5), observed('f', 1, 6)),
    );
    assert.deepEqual(await stateOf(database.pool), { a: 1, c: 3, d: 4, f: 6 });
    assert.deepEqual(
      (await database.letters()).filter(({ offset }) => offset >= 800n).map(({ offset, code }) => [offset, code]),
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
    const before = (await database.letters()).length;
    for (const failure of failures) {
      const failing = database.withHandler(async (tx, changes) => {
        await countEffects(tx, changes);
        await failure(tx, changes);
      });
      await assert.rejects(applyBatch(failing, batch(0, observed('1', 1, 1), observed('2', 1, 2))));
    }
    assert.deepEqual(await effectsOf(database.pool), []);
    assert.ok([undefined, 0n].includes(await database.next()));
    assert.equal((await database.letters()).length, before);
    await database.apply(0, observed('1', 1, 1), observed('2', 1, 2));
    assert.equal((await effectsOf(database.pool)).length, 2);
  });

  test('does not move on when the dead letter cannot be published', async () => {
    const deaf = database.openEventLog();
    await deaf.close();
    const poison = { ...observed('1', 1, 1), value: Buffer.from('?') };
    await assert.rejects(applyBatch({ ...database.options, eventLog: deaf }, batch(0, observed('2', 1, 2), poison)));
    assert.deepEqual(await stateOf(database.pool), {});
    assert.equal(await database.next(), undefined);
  });
});
