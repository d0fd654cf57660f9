import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import type { Chart, ChartFilter } from '../../src/application/rating-store.ts';
import { heatOfOneVote } from '../../src/domain/trend.ts';
import { postgresRatingStore } from '../../src/infrastructure/postgres-rating-store.ts';
import { postgresReviewStore } from '../../src/infrastructure/postgres-review-store.ts';
import { type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { generateRatings } from '../fixtures/many-ratings.ts';

/** `RATINGS_PLANS=1000000 node --test test/infrastructure/reading-plans.test.ts` takes a minute or two. */
const MOVIES = Number(process.env.RATINGS_PLANS || 50_000);

const PAGE = { limit: 21, backward: false, cursor: null };
const ANY: ChartFilter = { minVotes: null, minScore: null, maxScore: null, minHeat: null };
const NOW = new Date('2026-11-22T10:00:00Z');

let database: RatingsDatabase;
let plans: string[];
/** Runs a statement, and keeps how Postgres went about it. */
let explaining: Queryable;
before(async () => {
  database = await ratingsDatabase();
  const url = database.env.DATABASE_ADMIN_URL;
  const pool = createPool({ url, schema: 'ratings', applicationName: 'test', max: 1, statementTimeoutMs: 3_600_000 });
  await generateRatings(pool, { movies: MOVIES, reviews: MOVIES }, NOW);
  // One user in a thousand has rated as much as the others together.
  await pool.query(
    `insert into user_ratings (movie_id, subject, value, rated_at, voted_at)
     select n::text, case n % 2 when 0 then 'eager' else 'user' || n % 1000 end, 7, $2::timestamptz - n * interval '1 second', $2
     from generate_series(1, $1::bigint) n`,
    [MOVIES, NOW],
  );
  await pool.query('vacuum (analyze) user_ratings');
  await pool.end();
  explaining = {
    async query(statement) {
      const { text, values } = statement as { text: string; values: unknown[] };
      const { rows } = await database.pool.query(`explain (analyze, timing off) ${text}`, values);
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
      return { rows: [], rowCount: 0 };
    },
  };
});
after(() => database.drop());

/** The plan of the one statement that this takes. */
async function planOf(read: (db: Queryable) => Promise<unknown>): Promise<string> {
  plans = [];
  await read(explaining);
  assert.equal(plans.length, 1);
  return plans[0] as string;
}

const chart = (name: Chart, filter: Partial<ChartFilter>, page: object = PAGE) =>
  planOf((db) => postgresRatingStore(db).chart(name, { ...ANY, ...filter }, { ...PAGE, ...page }));

describe('plans of charts', () => {
  for (const [name, index, value] of [
    ['weightedScore', 'ratings_by_total_score', 6.5],
    ['voteCount', 'ratings_by_total_count', 20],
    ['heat', 'ratings_by_heat', heatOfOneVote(NOW) + 2],
  ] as const) {
    for (const backward of [false, true]) {
      for (const cursor of [null, [value, '5']]) {
        it(`${name}, ${backward ? 'backward' : 'forward'}, ${cursor === null ? 'from the end' : 'from a cursor'}`, async () => {
          const plan = await chart(name, {}, { backward, cursor });
          assert.match(plan, new RegExp(`Scan (Backward )?using ${index} on`));
          assert.doesNotMatch(plan, /Sort|Seq Scan|Rows Removed/);
          if (cursor !== null) assert.match(plan, /Index Cond: \(ROW\(/);
        });
      }
    }
  }

  it('with a least number of votes that many movies have or few: never all movies', async () => {
    for (const minVotes of [1, 50, 5_000, 30_000]) {
      for (const name of ['weightedScore', 'voteCount', 'heat'] as const) {
        const minHeat = name === 'heat' ? heatOfOneVote(NOW) : null;
        assert.doesNotMatch(await chart(name, { minVotes, minHeat }), /Seq Scan/);
      }
    }
  });

  it('with a range of scores, of its own index', async () => {
    const plan = await chart('weightedScore', { minScore: 6, maxScore: 6.4 });
    assert.match(plan, /Scan Backward using ratings_by_total_score[\s\S]*Index Cond: .*6\.4/);
    assert.doesNotMatch(plan, /Sort|Rows Removed/);
  });
});

describe('plans of reviews', () => {
  const ids = Array.from({ length: 100 }, (_, id) => `${id * 7 + 1}`);
  const any = { minRating: null, maxRating: null };

  for (const [field, index] of [
    ['CREATED_AT', 'reviews_of_movie'],
    ['RATING', 'reviews_of_movie_by_rating'],
  ] as const) {
    for (const direction of ['ASC', 'DESC'] as const) {
      it(`of many movies by ${field}, ${direction}: an index scan for each, ended at the limit`, async () => {
        const plan = await planOf((db) => postgresReviewStore(db).ofMovies(ids, any, { field, direction }, PAGE));
        assert.match(plan, new RegExp(`Index Scan (Backward )?using ${index} on reviews`));
        assert.doesNotMatch(plan, /Seq Scan/);
      });
    }
  }

  it('of an author: a walk through her index', async () => {
    const cursor = ['2025-01-01T00:00:00.000Z', 'x', 'x'];
    const plan = await planOf((db) => postgresReviewStore(db).ofAuthor('author3', false, { ...PAGE, cursor }));
    assert.match(plan, /Index Scan Backward using reviews_by_author/);
    assert.doesNotMatch(plan, /Sort|Rows Removed/);
    assert.match(await planOf((db) => postgresReviewStore(db).countOfAuthor('author3', false)), /reviews_by_author/);
  });
});

describe('plans of what a user gives movies', () => {
  it('a page of it: a walk through the index, whatever the user gives', async () => {
    for (const cursor of [null, ['2026-11-22T01:00:00.000Z', '5']]) {
      for (const backward of [false, true]) {
        const page = { limit: 21, backward, cursor };
        const plan = await planOf((db) => postgresRatingStore(db).listGivenBy('eager', false, page));
        assert.match(plan, /Index Scan (Backward )?using user_ratings_of_subject/);
        assert.doesNotMatch(plan, /Sort|Seq Scan on user_ratings/);
      }
    }
    const few = await planOf((db) => postgresRatingStore(db).listGivenBy('user7', false, PAGE));
    assert.match(few, /user_ratings_of_subject/);
    assert.match(await planOf((db) => postgresRatingStore(db).countGivenBy('user7', false)), /user_ratings_of_subject/);
  });

  it('of a page of movies: their keys', async () => {
    const ids = Array.from({ length: 100 }, (_, id) => `${id * 7 + 1}`);
    const plan = await planOf((db) => postgresRatingStore(db).givenBy('eager', ids));
    assert.match(plan, /Scan (using|on) user_ratings_pkey/);
    assert.doesNotMatch(plan, /Seq Scan on user_ratings/);
  });
});
