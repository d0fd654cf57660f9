import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import { postgresPersonStore } from '../../src/infrastructure/postgres-person-store.ts';
import { movieOf, part } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

let database: PeopleDatabase;
before(async () => {
  database = await peopleDatabase();
});
after(() => database.drop());

const ANYBODY = { department: null, gender: null, words: null, minPopularity: null, maxPopularity: null };

async function counted(): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::integer as persons from persons');
  const count = await postgresPersonStore(database.pool).count(ANYBODY);
  assert.equal(count, rows[0]?.persons);
  return count;
}
const cast = (...ids: string[]) => ({ cast: ids.map((id) => part(id)) });

it('the count of persons follows those that come, come again and go', async () => {
  assert.equal(await counted(), 0);
  await observe(database.pool, [movieOf('1', cast('1', '2')), movieOf('2', cast('2', '3'))]);
  await observe(database.pool, [movieOf('3', cast('3', '4'))]);
  assert.equal(await counted(), 4);
  await database.pool.query('delete from credits');
  await database.pool.query("delete from persons where id in ('1', 'nobody')");
  assert.equal(await counted(), 3);
});

it('the count of persons is right under many writers at once, some of whom give up', async () => {
  const before = await counted();
  await Promise.all(
    Array.from({ length: 8 }, async (_, writer) => {
      const add = inTransaction(database.pool, async (tx) => {
        await tx.query(
          `insert into persons (id, name, adult) select $1 || n, 'Name', false from generate_series(1, 5) n`,
          [`w${writer}-`],
        );
        if (writer % 2 === 1) throw new Error('gives up');
      });
      await (writer % 2 === 1 ? assert.rejects(add) : add);
    }),
  );
  assert.equal(await counted(), before + 20);
  await database.pool.query('delete from persons');
  assert.equal(await counted(), 0);
});
