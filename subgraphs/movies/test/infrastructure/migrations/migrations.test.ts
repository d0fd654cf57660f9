import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { describeMigrations } from '@marquee/testing/scenarios/migrations';
import { type MoviesDatabase, moviesDatabase } from '../../fixtures/database.ts';
import { movies } from '../../fixtures/subgraph.ts';

describeMigrations(movies, ['relation movies', 'relation movies_by_spelling', 'function fold']);

describe('migrated tables', () => {
  let database: MoviesDatabase;
  before(async () => {
    database = await moviesDatabase();
  });
  after(() => database.drop());

  it('let the runtime role read and write rows, and nothing else', async () => {
    await database.pool.query(`insert into genres values (1, 'x', now())`);
    await assert.rejects(database.pool.query('create table movies.mine ()'), /permission denied/);
    await assert.rejects(database.pool.query('drop table movies.genres'), /must be owner/);
  });
});
