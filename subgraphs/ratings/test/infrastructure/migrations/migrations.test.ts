import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import knex, { type Knex } from 'knex';
import { migrations } from '../../../src/infrastructure/migrations/migrations.ts';
import { emptyDatabase, provisionRatings, type RatingsDatabase } from '../../fixtures/database.ts';

const logger = createLogger('ratings-test', 'silent');

describe('migrations', () => {
  let database: RatingsDatabase;
  let owner: Knex;
  before(async () => {
    database = await emptyDatabase();
    await provisionRatings(database);
    owner = knex({ client: 'pg', connection: database.env.DATABASE_OWNER_URL, searchPath: ['ratings', 'public'] });
  });
  after(async () => {
    await owner.destroy();
    await database.drop();
  });

  const migrated = () => migrate({ ownerUrl: database.env.DATABASE_OWNER_URL, schema: 'ratings', migrations, logger });

  /** Everything that the schema holds but for the record of migrations. */
  async function objects(): Promise<string[]> {
    const { rows } = await owner.raw(`
      select 'relation ' || relname as name from pg_class
      where relnamespace = 'ratings'::regnamespace and relname not like 'schema_migrations%'
      union all select 'function ' || proname from pg_proc where pronamespace = 'ratings'::regnamespace
      order by name`);
    return rows.map((row: { name: string }) => row.name);
  }

  it('go up once, even when several processes migrate at once', async () => {
    const runs = await Promise.all([migrated(), migrated(), migrated()]);
    const applied = runs.flat();
    assert.deepEqual([...applied].sort(), migrations.map(({ name }) => name).sort());
    assert.deepEqual(await migrated(), []);
  });

  it('let the runtime role read and write rows, and nothing else', async () => {
    const { pool } = database;
    await pool.query(`insert into ratings (movie_id, vote_count) values ('1', 0)`);
    await pool.query(`delete from ratings`);
    await assert.rejects(pool.query('drop table reviews'), { code: '42501' });
    await assert.rejects(pool.query('create table ratings.other ()'), { code: '42501' });
  });

  it('go down to an empty schema, and up again', async () => {
    const before = await objects();
    assert.ok(before.includes('relation reviews'));
    await owner.transaction(async (trx) => {
      for (const migration of migrations.toReversed()) await migration.down(trx);
    });
    assert.deepEqual(await objects(), []);
    await owner.transaction(async (trx) => {
      for (const migration of migrations) await migration.up(trx);
    });
    assert.deepEqual(await objects(), before);
  });
});
