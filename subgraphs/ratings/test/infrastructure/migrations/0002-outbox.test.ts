import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import { emptySubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { ratings } from '../../fixtures/subgraph.ts';

let database: SubgraphDatabase;
before(async () => {
  database = await emptySubgraphDatabase(ratings);
  await database.provision();
});
after(() => database.drop());

it('counts what is there as its first version, and lets the votes that are there be told', async () => {
  const names = ratings.migrations.map(({ name }) => name);
  const older = ratings.migrations.slice(0, names.indexOf('0002-outbox'));
  const ownerUrl = database.env.DATABASE_OWNER_URL;
  await migrate({ ownerUrl, schema: 'ratings', migrations: older, logger: createLogger('test', 'silent') });
  await database.pool.query(
    `insert into ratings (movie_id, vote_average, vote_count) values ('11', 8, 500), ('12', null, 0)`,
  );
  await database.pool.query(`
    insert into reviews (movie_id, id, author, content, created_at)
    values ('11', 'a', 'x', 'x', now()), ('12', 'a', 'x', 'x', now())`);
  await database.migrate();

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;
  assert.deepEqual(await rows('select entity, id, version, last_change from entity_versions order by 1, 2'), [
    { entity: 'Rating', id: '11', version: 1, last_change: 'created' },
    { entity: 'Rating', id: '12', version: 1, last_change: 'created' },
    { entity: 'Review', id: 'a', version: 1, last_change: 'created' },
  ]);
  assert.deepEqual(
    await rows('select entity, entity_id, version, change, tags, facts from outbox order by entity_id'),
    [
      {
        ...{ entity: 'Rating', entity_id: '11', version: 1, change: 'created', tags: ['movie-11', 'ratings'] },
        facts: { votes: { voteAverage: 8, voteCount: 500, weightedScore: 7.25 } },
      },
      {
        ...{ entity: 'Rating', entity_id: '12', version: 1, change: 'created', tags: ['movie-12', 'ratings'] },
        facts: { votes: { voteAverage: null, voteCount: 0, weightedScore: null } },
      },
    ],
  );
});
