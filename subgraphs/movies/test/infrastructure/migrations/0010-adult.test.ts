import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import { emptySubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { postgresMovieStore } from '../../../src/infrastructure/postgres-movie-store.ts';
import { movies } from '../../fixtures/subgraph.ts';

let database: SubgraphDatabase;
before(async () => {
  database = await emptySubgraphDatabase(movies);
  await database.provision();
});
after(() => database.drop());

it('counts the pornographic movies that are there, and tells of them once more', async () => {
  const names = movies.migrations.map(({ name }) => name);
  const older = movies.migrations.slice(0, names.indexOf('0010-adult'));
  const ownerUrl = database.env.DATABASE_OWNER_URL;
  await migrate({ ownerUrl, schema: 'movies', migrations: older, logger: createLogger('test', 'silent') });
  await database.pool.query(`
    insert into movies (id, title, original_title, release_date, popularity, adult, video, observed_at, updated_at)
    values ('1', 'Shown', 'Shown', null, 1, false, false, now(), now()),
      ('2', 'Left Out', 'Left Out', '1999-03-31', 1, true, false, now(), now()),
      ('3', 'Left Out Too', 'Left Out Too', null, 1, true, false, now(), now())`);
  await database.pool.query(`
    insert into entity_versions (entity, id, version, last_change)
    values ('Movie', '1', 7, 'created'), ('Movie', '2', 4, 'created'), ('Movie', '3', 1, 'updated')`);
  await database.migrate();

  const store = postgresMovieStore(database.pool);
  assert.deepEqual([await store.count({}), await store.count({ adult: false })], [3, 1]);
  const { rows } = await database.pool.query(
    'select entity_id as id, version, change, tags, facts from outbox order by 1',
  );
  assert.deepEqual(rows, [
    {
      id: '2',
      version: 5,
      change: 'updated',
      tags: ['movie-2', 'movies'],
      facts: { film: { releaseDate: '1999-03-31', adult: true } },
    },
    {
      id: '3',
      version: 2,
      change: 'updated',
      tags: ['movie-3', 'movies'],
      facts: { film: { releaseDate: null, adult: true } },
    },
  ]);
});
