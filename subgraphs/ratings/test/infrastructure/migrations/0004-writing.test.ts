import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { migrate } from '@marquee/postgres/migrate';
import { createLogger } from '@marquee/runtime/logger';
import { emptySubgraphDatabase, type SubgraphDatabase } from '@marquee/testing/subgraph-database';
import { postgresMutations } from '../../../src/infrastructure/postgres-mutations.ts';
import { observe } from '../../fixtures/database.ts';
import { movieOf, review } from '../../fixtures/ratings.ts';
import { ratings } from '../../fixtures/subgraph.ts';

describe('0004-writing', () => {
  let database: SubgraphDatabase;
  before(async () => {
    database = await emptySubgraphDatabase(ratings);
    await database.provision();
    const older = ratings.migrations.slice(0, ratings.migrations.map(({ name }) => name).indexOf('0004-writing'));
    const ownerUrl = database.env.DATABASE_OWNER_URL;
    await migrate({ ownerUrl, schema: 'ratings', migrations: older, logger: createLogger('test', 'silent') });
    await database.pool.query(`
      insert into ratings (movie_id, vote_average, vote_count) values
        ('11', 8.203, 20624), ('12', null, 0), ('13', 0.1, 3), ('14', 7.123456789, 2147483647)`);
    await database.migrate();
  });
  after(() => database.drop());

  const rows = async (sql: string) => (await database.pool.query(sql)).rows;

  it('shows the votes that are there to the last digit', async () => {
    assert.deepEqual(
      await rows(`select total_average = vote_average as average, total_count = vote_count as count, total_score = weighted_score as score
        from ratings order by movie_id`),
      [
        { average: true, count: true, score: true },
        { average: null, count: true, score: null },
        { average: true, count: true, score: true },
        { average: true, count: true, score: true },
      ],
    );
  });

  it('what the release before writes is counted with what users gave, and what it removes comes back', async () => {
    const mutations = postgresMutations(database.pool);
    const call = { subject: 'user', mutation: 'test', idempotencyKey: null, request: {} };
    const viewer = { subject: 'user', isModerator: false };
    await mutations.rateMovies(call, [
      { movieId: '11', value: 2 },
      { movieId: '14', value: 2 },
    ]);
    const written = await mutations.changeReviews(call, viewer, [
      { kind: 'create', movieId: '11', input: { content: 'Mine.' } },
    ]);
    assert.ok('done' in written);

    // As the statements of the release before have it.
    await database.pool.query(`
      insert into ratings as known (movie_id, vote_average, vote_count, counted_at) values ('11', 8, 100, now())
      on conflict (movie_id) do update set
        vote_average = excluded.vote_average, vote_count = excluded.vote_count, counted_at = excluded.counted_at,
        heat = heat_after(known.heat, excluded.vote_count - known.vote_count, known.counted_at, excluded.counted_at)`);
    assert.deepEqual(await rows(`select total_average, total_count from ratings where movie_id = '11'`), [
      { total_average: 802 / 101, total_count: 101 },
    ]);
    await database.pool.query(`delete from reviews where movie_id = '11'`);
    await database.pool.query(`delete from ratings where movie_id = '11'`);

    await observe(database.pool, [movieOf('11', 8, 100, [review('a')])]);
    assert.deepEqual(await rows(`select total_average, total_count from ratings where movie_id = '11'`), [
      { total_average: 802 / 101, total_count: 101 },
    ]);
    assert.deepEqual(
      (await rows(`select content from reviews order by content`)).map(({ content }) => content),
      ['Mine.', 'What a says.'],
    );
  });
});
