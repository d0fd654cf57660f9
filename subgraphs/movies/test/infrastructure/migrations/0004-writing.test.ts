import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import { emptySubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { movies } from '../../fixtures/subgraph.ts';

let database: SubgraphDatabase;
before(async () => {
  database = await emptySubgraphDatabase(movies);
  await database.provision();
});
after(() => database.drop());

it('tells of every movie that is there once more, with its release date', async () => {
  const names = movies.migrations.map(({ name }) => name);
  const older = movies.migrations.slice(0, names.indexOf('0004-writing'));
  const ownerUrl = database.env.DATABASE_OWNER_URL;
  await migrate({ ownerUrl, schema: 'movies', migrations: older, logger: createLogger('test', 'silent') });
  await database.pool.query(`
    insert into movies (id, title, original_title, release_date, popularity, adult, video, observed_at, updated_at)
    values ('603', 'The Matrix', 'The Matrix', '1999-03-31', 1, false, false, now(), now()),
      ('1', 'Of No Day', 'Of No Day', null, 1, false, false, now(), now())`);
  await database.pool.query(`
    insert into entity_versions (entity, id, version, last_change)
    values ('Movie', '603', 7, 'created'), ('Movie', '1', 1, 'updated'), ('Movie', '2', 2, 'deleted'), ('MovieVotes', '603', 3, 'updated')`);
  await database.migrate();

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  assert.deepEqual(await rows('select entity, id, version, last_change from entity_versions order by 1, 2'), [
    { entity: 'Movie', id: '1', version: 2, last_change: 'updated' },
    { entity: 'Movie', id: '2', version: 2, last_change: 'deleted' },
    { entity: 'Movie', id: '603', version: 8, last_change: 'updated' },
    { entity: 'MovieVotes', id: '603', version: 3, last_change: 'updated' },
  ]);
  const told = { entity: 'Movie', change: 'updated' };
  assert.deepEqual(
    await rows('select entity, entity_id, version, change, tags, facts from outbox order by entity_id'),
    [
      {
        ...told,
        ...{ entity_id: '1', version: 2, tags: ['movie-1', 'movies'], facts: { film: { releaseDate: null } } },
      },
      {
        ...told,
        ...{
          entity_id: '603',
          version: 8,
          tags: ['movie-603', 'movies'],
          facts: { film: { releaseDate: '1999-03-31' } },
        },
      },
    ],
  );
});
