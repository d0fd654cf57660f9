import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '@marquee/testing/random';
import type { Chart, ChartFilter } from '../../src/application/rating-store.ts';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/ratings.ts';

const random = seededRandom(3);
const CHARTS = ['weightedScore', 'voteCount', 'heat'] as const;
const COLUMNS = { weightedScore: 'weighted_score', voteCount: 'vote_count', heat: 'heat' } as const;

describe('charts', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
    for (const day of [1, 2, 3]) {
      const movies = Array.from({ length: 150 }, (_, id) => {
        const votes = random.one([0, 1, 1, 50, 500, 5_000]) * day;
        return movieOf(`${id}`, votes === 0 ? null : random.below(20) / 2, votes);
      });
      await observe(database.pool, movies, new Date(Date.UTC(2026, 0, day)));
    }
  });
  after(() => database.drop());

  async function naive(chart: Chart, { minVotes, minScore, maxScore, minHeat }: ChartFilter): Promise<string[]> {
    const { rows } = await database.pool.query('select * from ratings');
    const column = COLUMNS[chart];
    return rows
      .filter((row) => (chart === 'heat' ? row.heat !== null : row.vote_count > 0))
      .filter((row) => minVotes === null || row.vote_count >= minVotes)
      .filter((row) => minScore === null || (row.weighted_score !== null && row.weighted_score >= minScore))
      .filter((row) => maxScore === null || (row.weighted_score !== null && row.weighted_score <= maxScore))
      .filter((row) => minHeat === null || row.heat >= minHeat)
      .sort((a, b) => b[column] - a[column] || (a.movie_id < b.movie_id ? 1 : -1))
      .map((row) => row.movie_id);
  }

  it('are what a filter leaves of the movies, read page by page in both directions', async () => {
    const store = postgresRatingStore(database.pool);
    const maybe = (value: number) => (random.below(2) === 0 ? null : value);
    let found = 0;
    for (let run = 0; run < 90; run++) {
      const chart = random.one(CHARTS);
      const filter: ChartFilter = {
        minVotes: maybe(random.one([0, 1, 150, 1_500])),
        minScore: maybe(random.one([4, 6.4, 6.5])),
        maxScore: maybe(random.one([6, 6.5, 8])),
        minHeat: chart === 'heat' ? maybe(Date.UTC(2026, 0, 1) / 604_800_000 + random.below(12)) : null,
      };
      const expected = await naive(chart, filter);
      found += expected.length;
      assert.equal(await store.countChart(chart, filter), expected.length);
      for (const backward of [false, true]) {
        const ids: string[] = [];
        let cursor: (string | number)[] | null = null;
        const limit = 1 + random.below(30);
        for (;;) {
          const rows = await store.chart(chart, filter, { limit, backward, cursor });
          ids.push(...rows.map(({ movieId }) => movieId));
          const last = rows.at(-1);
          if (last === undefined || rows.length < limit) break;
          cursor = [last.value, last.movieId];
        }
        assert.deepEqual(ids, backward ? expected.toReversed() : expected, JSON.stringify({ chart, filter }));
      }
    }
    assert.ok(found > 1_000);
  });

  it('neither miss nor repeat a movie that stays as it is while votes for others come in', async () => {
    const store = postgresRatingStore(database.pool);
    const filter = { minVotes: 1, minScore: null, maxScore: null, minHeat: null };
    for (const chart of CHARTS) {
      const stay = (await naive(chart, filter)).filter((id) => Number(id) % 3 === 0);
      const seen: string[] = [];
      let cursor: (string | number)[] | null = null;
      for (let round = 0; ; round++) {
        const rows = await store.chart(chart, filter, { limit: 9, backward: false, cursor });
        seen.push(...rows.map(({ movieId }) => movieId));
        const last = rows.at(-1);
        if (last === undefined || rows.length < 9) break;
        cursor = [last.value, last.movieId];
        const others = Array.from({ length: 160 }, (_, id) => id).filter((id) => id % 3 !== 0);
        const movies = others.map((id) => movieOf(`${id}`, random.below(20) / 2, 1 + random.below(9_000)));
        await observe(database.pool, movies, new Date(Date.UTC(2026, 1, 1, 0, round)));
      }
      assert.ok(stay.length > 5, chart);
      assert.deepEqual(
        stay.filter((id) => seen.filter((each) => each === id).length !== 1),
        [],
        chart,
      );
    }
  });

  it('take a cursor beyond every column', async () => {
    const store = postgresRatingStore(database.pool);
    const filter = { minVotes: 2_147_483_647, minScore: null, maxScore: null, minHeat: null };
    const page = { limit: 1, backward: false, cursor: [Number.MAX_SAFE_INTEGER, 'x'] };
    assert.deepEqual(await store.chart('voteCount', filter, page), []);
    assert.equal((await store.chart('voteCount', { ...filter, minVotes: null }, page)).length, 1);
  });
});
