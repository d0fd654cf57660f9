import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeMigrations } from '@marquee/testing/scenarios/migrations';
import { type RatingsDatabase, ratingsDatabase } from '../../fixtures/database.ts';
import { ratings } from '../../fixtures/subgraph.ts';

describeMigrations(ratings, ['relation reviews']);

describe('migrated tables', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
  });
  after(() => database.drop());

  it('let the runtime role read and write rows, and nothing else', async () => {
    const { pool } = database;
    await pool.query(`insert into ratings (movie_id, vote_count) values ('1', 0)`);
    await pool.query(`delete from ratings`);
    await assert.rejects(pool.query('drop table reviews'), { code: '42501' });
    await assert.rejects(pool.query('create table ratings.other ()'), { code: '42501' });
  });
});
