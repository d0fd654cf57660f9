import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeMigrations } from '@marquee/testing/scenarios/migrations';
import { type PeopleDatabase, peopleDatabase } from '../../fixtures/database.ts';
import { people } from '../../fixtures/subgraph.ts';

describeMigrations(people, ['relation credits', 'function fold']);

describe('migrated tables', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
  });
  after(() => database.drop());

  it('let the runtime role read and write rows, and nothing else', async () => {
    const { pool } = database;
    await pool.query(`insert into persons (id, name, adult, observed_at) values ('1', 'Someone', false, now())`);
    await pool.query(`delete from persons`);
    await assert.rejects(pool.query('drop table credits'), { code: '42501' });
    await assert.rejects(pool.query('create table people.other ()'), { code: '42501' });
  });

  it('store names that are as long and as odd as events may have them', async () => {
    const longest = '㎉㋿ß'.repeat(200);
    await database.pool.query(
      `insert into persons (id, name, original_name, adult, observed_at) values ('2', $1, $1, false, now())`,
      [longest],
    );
    const { rows } = await database.pool.query('select name from persons');
    assert.deepEqual(rows, [{ name: longest }]);
  });
});
