import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import { describeMigrations } from '@marquee/testing/scenarios/migrations';
import { emptySubgraphDatabase } from '@marquee/testing/subgraph-database';
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

it('credits that were there before are told of with who is billed first', async () => {
  const { migrations } = people;
  const earlier = migrations.slice(
    0,
    migrations.findIndex(({ name }) => name === '0007-top-billed'),
  );
  const database = await emptySubgraphDatabase({ ...people, migrations: earlier });
  try {
    await database.provision();
    await database.migrate();
    const { pool, env } = database;
    await pool.query(`
      insert into persons (id, name, adult, observed_at) values ('7', 'Seven', false, now()), ('8', 'Eight', false, now())`);
    await pool.query(`
      insert into credits (movie_id, key, kind, person_id, department, place, film_rank)
      values ('11', 'a', 'cast', '7', 'Acting', 0, -11), ('11', 'b', 'cast', '8', 'Acting', 1, -11),
        ('11', 'c', 'cast', '7', 'Acting', 2, -11), ('12', 'd', 'crew', '7', 'Directing', 0, -12)`);
    await pool.query(
      `insert into entity_versions (entity, id, version, last_change) values ('MovieCredits', '11', 1, 'created')`,
    );
    const logger = createLogger('test', 'silent');
    await migrate({ ownerUrl: env.DATABASE_OWNER_URL, schema: 'people', migrations, logger });
    const { rows } = await pool.query(
      `select entity_id, version, change, tags, facts from outbox where entity = 'MovieCredits' order by entity_id`,
    );
    assert.deepEqual(rows, [
      { entity_id: '11', version: 2, change: 'updated', tags: [], facts: { topBilled: ['7', '8'] } },
      { entity_id: '12', version: 1, change: 'created', tags: [], facts: { topBilled: [] } },
    ]);
  } finally {
    await database.drop();
  }
});
