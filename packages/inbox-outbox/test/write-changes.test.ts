import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import type { Pool } from '@marquee/postgres/pool';
import { inTransaction } from '@marquee/postgres/transaction';
import { lockEntities } from '../src/entity-versions.ts';
import { writeChanges } from '../src/write-changes.ts';
import { drop, dropIn, pendingOf, touch, touchIn } from './fixtures/changes.ts';
import { inboxPool, preparedDatabase } from './fixtures/database.ts';

describe('writeChanges', () => {
  let database: Awaited<ReturnType<typeof preparedDatabase>>;
  let pool: Pool;
  before(async () => {
    database = await preparedDatabase();
    pool = inboxPool(database.inboxUrl);
  });
  after(async () => {
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    await pool.query('delete from outbox');
    await pool.query('delete from entity_versions');
  });

  const kinds = async () => {
    const { rows } = await pool.query<{ line: string }>(
      `select entity_id || ' ' || version || ' ' || change as line from outbox order by seq`,
    );
    return rows.map(({ line }) => line);
  };

  test('counts the changes of each entity, and goes on counting after a deletion', async () => {
    assert.deepEqual(
      await touchIn(pool, '1', '2'),
      new Map([
        ['Movie:1', 1],
        ['Movie:2', 1],
      ]),
    );
    assert.deepEqual(await touchIn(pool, '1'), new Map([['Movie:1', 2]]));
    assert.deepEqual(await dropIn(pool, '1'), new Map([['Movie:1', 3]]));
    assert.deepEqual(await dropIn(pool, '1'), new Map(), 'what is gone is not deleted again');
    assert.deepEqual(await touchIn(pool, '1'), new Map([['Movie:1', 4]]));
    assert.deepEqual(await kinds(), ['1 1 created', '2 1 created', '1 2 updated', '1 3 deleted', '1 4 created']);
  });

  test('is undone with what it tells of', async () => {
    await touchIn(pool, '1');
    const failing = inTransaction(pool, async (tx) => {
      await touch(tx, '1', '2');
      throw new Error('the effects fail');
    });
    await assert.rejects(failing, /the effects fail/);
    assert.deepEqual(await pendingOf(pool), ['1 1']);
    assert.deepEqual(await touchIn(pool, '1'), new Map([['Movie:1', 2]]));
  });

  test('is one statement for a batch of any size', async () => {
    for (const size of [1, 500]) {
      let statements = 0;
      await inTransaction(pool, (tx) => {
        const query: typeof tx.query = (...statement) => {
          statements += 1;
          return tx.query(...statement);
        };
        return touch({ query }, ...Array.from({ length: size }, (_, n) => `${n}`));
      });
      assert.equal(statements, 1);
    }
    assert.equal((await pendingOf(pool)).length, 501);
  });

  test('refuses a change that no follower would take', async () => {
    const invalid = { entity: 'Movie' as const, id: '', tags: [], facts: {} };
    await assert.rejects(writeChanges(pool, MOVIES_CHANGES, [invalid]), { code: 'INVALID_EVENT' });
    assert.deepEqual(await pendingOf(pool), []);
  });

  test('two transactions that change the same entities wait for each other, and none for ever', async () => {
    const ids = Array.from({ length: 50 }, (_, n) => `${n}`);
    const rounds = Array.from({ length: 20 }, (_, n) =>
      inTransaction(pool, (tx) => touch(tx, ...(n % 2 ? ids : ids.toReversed()))),
    );
    await Promise.all(rounds);
    const { rows } = await pool.query('select distinct version from entity_versions');
    assert.deepEqual(rows, [{ version: 20 }]);
  });

  test('lockEntities tells versions, whether or not an entity ever was, and holds them', async () => {
    await touchIn(pool, '1', '2');
    await dropIn(pool, '2');
    const order: string[] = [];
    let second: Promise<unknown> | undefined;
    await inTransaction(pool, async (tx) => {
      assert.deepEqual(
        await lockEntities(tx, 'Movie', ['3', '1', '2']),
        new Map([
          ['1', { version: 1, deleted: false }],
          ['2', { version: 2, deleted: true }],
          ['3', { version: 0, deleted: true }],
        ]),
      );
      second = inTransaction(pool, async (other) => {
        await lockEntities(other, 'Movie', ['3']);
        order.push('second');
      });
      await new Promise((resolve) => setTimeout(resolve, 100));
      order.push('first');
      await drop(tx, '1', '3');
    });
    await second;
    assert.deepEqual(order, ['first', 'second']);
    assert.deepEqual((await kinds()).slice(3), ['1 2 deleted'], 'what never was is not deleted');
    assert.deepEqual(await touchIn(pool, '3'), new Map([['Movie:3', 1]]));
  });

  test('many that hold overlapping sets, of entities that are and that are not there yet, never wait in a circle', async () => {
    const setOf = (round: number, worker: number) =>
      Array.from({ length: 12 }, (_, index) => index)
        .filter((index) => (round * 31 + worker * 17 + index * index) % 5 < 3)
        .map((index) => `${round}-${index}`);
    for (let round = 0; round < 60; round++) {
      const holding = Array.from({ length: 6 }, (_, worker) =>
        inTransaction(pool, async (tx) => {
          await lockEntities(tx, 'Movie', setOf(round, worker));
        }),
      );
      await Promise.all(holding);
    }
  });
});
