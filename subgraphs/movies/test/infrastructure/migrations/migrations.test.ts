import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import knex from 'knex';
import { migrations } from '../../../src/infrastructure/migrations/migrations.ts';
import { emptyDatabase, type MoviesDatabase, provisionMovies } from '../../fixtures/database.ts';

let database: MoviesDatabase;
before(async () => {
  database = await emptyDatabase();
  await provisionMovies(database);
});
after(() => database.drop());

/** Everything that the schema holds, by kind and name. */
async function objects(): Promise<string[]> {
  const owner = createPool({ url: database.env.DATABASE_OWNER_URL, schema: 'movies', applicationName: 'movies-test' });
  try {
    const { rows } = await owner.query<{ object: string }>(`
      select relkind::text || ' ' || relname as object from pg_class where relnamespace = 'movies'::regnamespace
      union all select 'function ' || proname from pg_proc where pronamespace = 'movies'::regnamespace
      order by 1`);
    return rows.map(({ object }) => object);
  } finally {
    await owner.end();
  }
}

it('goes up, all the way down, and up again', async () => {
  const db = knex({ client: 'pg', connection: database.env.DATABASE_OWNER_URL, searchPath: ['movies', 'public'] });
  try {
    assert.deepEqual(await objects(), []);
    for (const migration of migrations) await db.transaction((trx) => migration.up(trx));
    const up = await objects();
    assert.ok(up.includes('r movies') && up.includes('i movies_by_spelling') && up.includes('function fold'));
    for (const migration of migrations.toReversed()) await db.transaction((trx) => migration.down(trx));
    assert.deepEqual(await objects(), []);
    for (const migration of migrations) await db.transaction((trx) => migration.up(trx));
    assert.deepEqual(await objects(), up);
  } finally {
    await db.destroy();
  }
});

it('applies in the order of the names', () => {
  const names = migrations.map(({ name }) => name);
  assert.deepEqual(names, names.toSorted());
});
