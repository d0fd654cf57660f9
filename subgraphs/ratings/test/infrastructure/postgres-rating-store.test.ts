import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '../../src/application/keyset-page.ts';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { film } from '../fixtures/ratings.ts';

const first = (limit: number): KeysetPage => ({ limit, backward: false, cursor: null });

describe('Postgres rating store', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
    await observe(database.pool, [
      film('11', 8.203, 20624),
      film('278', 8.7, 28000),
      film('1', 10, 1),
      film('2', 10, 1),
      film('3', 10, 1),
      film('4', 1, 1),
      film('5', null, 0),
    ]);
  });
  after(() => database.drop());

  const store = () => postgresRatingStore(database.pool);
  const ids = (entries: readonly { movieId: string }[]) => entries.map(({ movieId }) => movieId);

  it('finds ratings by film and leaves out films it does not know', async () => {
    const found = await store().findMany(['5', '1', 'unknown']);
    assert.deepEqual([...found.keys()].sort(), ['1', '5']);
    const { voteAverage, voteCount, weightedScore } = found.get('5') ?? {};
    assert.deepEqual([voteAverage, voteCount, weightedScore], [null, 0, null]);
  });

  it('charts films with votes by weighted score, equal ones by id', async () => {
    const chart = await store().topRated(first(10));
    assert.deepEqual(ids(chart), ['278', '11', '3', '2', '1', '4']);
    assert.equal(await store().countRated(), 6);
  });

  it('continues after a film and before it', async () => {
    const all = await store().topRated(first(10));
    for (const [index, { weightedScore, movieId }] of all.entries()) {
      const cursor = [weightedScore, movieId];
      assert.deepEqual(await store().topRated({ limit: 2, backward: false, cursor }), all.slice(index + 1, index + 3));
      const before = await store().topRated({ limit: 2, backward: true, cursor });
      assert.deepEqual(before, all.slice(Math.max(0, index - 2), index).toReversed());
    }
  });

  it('reads the chart by index once there are many films', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      await client.query(`
        insert into ratings (movie_id, vote_average, vote_count)
        select 'x' || n, n % 100 / 10.0, n % 1000 from generate_series(1, 20000) n`);
      await client.query('analyze ratings');
      const plans: string[] = [];
      const explained = postgresRatingStore({
        query: async (statement) => {
          const { text, values } = statement as { text: string; values: unknown[] };
          const { rows } = await client.query({ text: `explain ${text}`, values });
          plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
          return { rows: [], rowCount: 0 };
        },
      });
      await explained.topRated({ limit: 21, backward: false, cursor: [6.5, 'x1'] });
      await explained.topRated({ limit: 21, backward: true, cursor: [6.5, 'x1'] });
      assert.match(plans[0] ?? '', /Scan Backward using ratings_by_weighted_score[\s\S]*Index Cond/);
      assert.match(plans[1] ?? '', /Scan using ratings_by_weighted_score[\s\S]*Index Cond/);
      assert.doesNotMatch(plans.join('\n'), /Sort/);
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
