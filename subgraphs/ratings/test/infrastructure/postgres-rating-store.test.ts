import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/ratings.ts';

const all = { minVotes: null, minScore: null, maxScore: null, minHeat: null };
const first = (limit: number): KeysetPage => ({ limit, backward: false, cursor: null });

describe('Postgres rating store', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
    await observe(database.pool, [
      movieOf('11', 8.203, 20624),
      movieOf('278', 8.7, 28000),
      movieOf('1', 10, 1),
      movieOf('2', 10, 1),
      movieOf('3', 10, 1),
      movieOf('4', 1, 1),
      movieOf('5', null, 0),
    ]);
  });
  after(() => database.drop());

  const store = () => postgresRatingStore(database.pool);
  const ids = (entries: readonly { movieId: string }[]) => entries.map(({ movieId }) => movieId);

  it('finds ratings by movie and leaves out movies it does not know', async () => {
    const found = await store().findMany(['5', '1', 'unknown']);
    assert.deepEqual([...found.keys()].sort(), ['1', '5']);
    const { voteAverage, voteCount, weightedScore } = found.get('5') ?? {};
    assert.deepEqual([voteAverage, voteCount, weightedScore], [null, 0, null]);
  });

  it('charts movies with votes by weighted score, equal ones by id', async () => {
    const chart = await store().chart('weightedScore', all, first(10));
    assert.deepEqual(ids(chart), ['278', '11', '3', '2', '1', '4']);
    assert.equal(await store().countChart('weightedScore', all), 6);
  });

  it('continues after a movie and before it', async () => {
    const whole = await store().chart('weightedScore', all, first(10));
    for (const [index, { value, movieId }] of whole.entries()) {
      const cursor = [value, movieId];
      assert.deepEqual(
        await store().chart('weightedScore', all, { limit: 2, backward: false, cursor }),
        whole.slice(index + 1, index + 3),
      );
      const before = await store().chart('weightedScore', all, { limit: 2, backward: true, cursor });
      assert.deepEqual(before, whole.slice(Math.max(0, index - 2), index).toReversed());
    }
  });
});
