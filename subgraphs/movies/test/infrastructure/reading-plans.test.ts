import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import type { MovieFilter } from '../../src/application/movie-filter.ts';
import type { MovieOrder, MovieOrderField } from '../../src/domain/movie-order.ts';
import { postgresMovieSearch } from '../../src/infrastructure/postgres-movie-search.ts';
import { postgresMovieStore } from '../../src/infrastructure/postgres-movie-store.ts';
import { postgresSharedLists } from '../../src/infrastructure/postgres-shared-lists.ts';
import { postgresSimilarMovies } from '../../src/infrastructure/postgres-similar-movies.ts';
import { type MoviesDatabase, moviesDatabase } from '../fixtures/database.ts';
import { generateMovies } from '../fixtures/many-movies.ts';

/** `MOVIES_PLANS=1000000 node --test test/infrastructure/reading-plans.test.ts` takes some minutes. */
const MOVIES = Number(process.env.MOVIES_PLANS || 50_000);

let database: MoviesDatabase;
let plans: string[];
/** Runs a statement, and keeps how Postgres went about it. */
let explaining: Queryable;
before(async () => {
  database = await moviesDatabase();
  const url = database.env.DATABASE_ADMIN_URL;
  const pool = createPool({ url, schema: 'movies', applicationName: 'test', max: 1, statementTimeoutMs: 3_600_000 });
  await generateMovies(pool, { movies: MOVIES });
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

const PAGE = { limit: 21, backward: false, cursor: null };
const POPULAR: MovieOrder = { field: 'POPULARITY', direction: 'DESC' };

/** Rows that were met with and did not fit. */
const wasted = (plan: string) =>
  [...plan.matchAll(/Rows Removed by (?:Filter|Join Filter|Index Recheck): (\d+)/g)].reduce(
    (sum, [, rows]) => sum + Number(rows),
    0,
  );

describe(`plans over ${MOVIES} generated movies`, () => {
  const indexes: Record<MovieOrderField, RegExp> = {
    POPULARITY: /movies_by_popularity/,
    RELEASE_DATE: /movies_by_release_date_(asc|desc)/,
    TITLE: /movies_by_title/,
    REVENUE: /movies_by_revenue_(asc|desc)/,
    BUDGET: /movies_by_budget_(asc|desc)/,
    RUNTIME: /movies_by_runtime_(asc|desc)/,
    VOTE_COUNT: /movie_votes_by_count/,
    VOTE_AVERAGE: /movie_votes_by_average_(asc|desc)/,
    WEIGHTED_SCORE: /movie_votes_by_score_(asc|desc)/,
  };
  for (const [field, index] of Object.entries(indexes) as [MovieOrderField, RegExp][]) {
    it(`${field}: a page anywhere in the list is read off an index, in either direction`, async () => {
      const store = postgresMovieStore(database.pool);
      for (const direction of ['ASC', 'DESC'] as const) {
        const order = { field, direction };
        const [, , cursor] = await store.list({ order, page: { ...PAGE, limit: 3 }, selection: [] }, {});
        for (const backward of [false, true]) {
          for (const from of [null, cursor?.keys ?? null]) {
            const page = { ...PAGE, backward, cursor: from };
            const plan = await planOf((db) =>
              postgresMovieStore(db).list({ order, page, selection: ['overview'] }, {}),
            );
            assert.match(plan, index, plan);
            assert.doesNotMatch(plan, /Seq Scan/, plan);
            assert.ok(wasted(plan) <= 40, plan);
          }
        }
      }
    });
  }

  const filters: Record<
    string,
    { readonly filter: MovieFilter; readonly index?: RegExp; readonly order?: MovieOrder }
  > = {
    'a common genre': { filter: { genres: { any: [18] } }, index: /movies_by_popularity/ },
    'a common genre, but not another': { filter: { genres: { any: [18], none: [99] } }, index: /movies_by_popularity/ },
    'two genres': { filter: { genres: { all: [18, 35] } } },
    'two rare genres': { filter: { genres: { all: [10752, 37] } }, index: /movie_facets_by_facet/ },
    'a genre, a country and a certification': {
      filter: {
        genres: { any: [36] },
        originCountries: { any: ['AR'] },
        certification: { country: 'KR', any: ['NC-17'] },
      },
      index: /movie_facets_by_facet/,
      order: { field: 'WEIGHTED_SCORE', direction: 'DESC' },
    },
    'a keyword of a company, by revenue': {
      filter: { keywords: { any: [200] }, companies: { any: [700] } },
      index: /movie_facets_by_facet/,
      order: { field: 'REVENUE', direction: 'DESC' },
    },
    'a rare keyword': { filter: { keywords: { any: [40_000] } }, index: /movie_keywords_by_keyword/ },
    'a rare company': { filter: { companies: { any: [70_000] } }, index: /movie_production_companies_by_company/ },
    'a country': { filter: { originCountries: { any: ['US'] } }, index: /movies_by_popularity/ },
    'a certification': {
      filter: { certification: { country: 'US', any: ['R'] } },
      index: /movie_releases_by_certification/,
    },
    'a collection': { filter: { collections: [4_000] }, index: /movies_by_collection/ },
    'a rare word': { filter: { title: 'badenmarkiso' }, index: /movie_titles_by_word/ },
    'a common word': { filter: { title: 'the' }, index: /movies_by_popularity/ },
    'a year, by its days': {
      filter: { releaseDate: { min: '1999-01-01', max: '1999-12-31' } },
      index: /Index Cond: \(\(COALESCE\(release_date/,
      order: { field: 'RELEASE_DATE', direction: 'ASC' },
    },
    'great revenue': { filter: { revenue: { min: 2_000_000_000 } }, index: /movies_by_revenue/ },
    'many votes': {
      filter: { voteCount: { min: 20_000 } },
      index: /movie_votes_by_count/,
      order: { field: 'VOTE_COUNT', direction: 'ASC' },
    },
    'a good score, in a language': {
      filter: { weightedScore: { min: 6.4 }, originalLanguages: ['en'] },
      index: /movie_votes_by_score/,
      order: { field: 'WEIGHTED_SCORE', direction: 'DESC' },
    },
    'a language, a decade and a length': {
      filter: {
        originalLanguages: ['en'],
        releaseDate: { min: '1990-01-01', max: '1999-12-31' },
        runtime: { min: 90 },
      },
      index: /Index Only Scan Backward using movies_by_popularity/,
    },
  };
  for (const [name, { filter, index, order = POPULAR }] of Object.entries(filters)) {
    it(`movies of ${name} are found without reading all of them`, async () => {
      const plan = await planOf((db) =>
        postgresMovieStore(db).list({ order, page: PAGE, selection: ['overview'] }, filter),
      );
      assert.doesNotMatch(plan, /Seq Scan on movies/, plan);
      if (index) assert.match(plan, index, plan);
    });
  }

  it('counts all movies without reading them', async () => {
    const plan = await planOf((db) => postgresMovieStore(db).count({}));
    assert.doesNotMatch(plan, /on movies|using movies/, plan);
    assert.equal(await postgresMovieStore(database.pool).count({}), MOVIES);
  });

  it('counts the movies of one member of a list in the order of its index, which tells them apart', async () => {
    const plan = await planOf((db) => postgresMovieStore(db).count({ genres: { any: [18] } }));
    assert.match(plan, /Index Only Scan using movie_genres_by_genre/, plan);
    assert.doesNotMatch(plan, /Sort|movie_genres_pkey/, plan);
  });

  it('scores the popular movies of similar genres by what was read of them once for all', async () => {
    const plan = await planOf((db) =>
      postgresSimilarMovies(db).similarTo(['1', '2', '3', '4', '5'], {
        limit: 10,
        includeAdult: false,
        selection: [],
      }),
    );
    const times = (node: RegExp) => Number(node.exec(plan)?.[1] ?? assert.fail(plan));
    const read = times(/Index Scan using movies_pkey on movies o .*loops=(\d+)\)/);
    const scored = times(/Function Scan on unnest g .*loops=(\d+)\)/);
    const popular = times(/CTE Scan on popular p .*actual rows=([\d.]+) loops=5\)/) * 5;
    assert.ok(popular > 100 && read < scored - popular / 2, plan);
  });

  it('counts a mixture of lists in one index, and no more of it than is asked for', async () => {
    const mixture = { genres: { all: [10752] }, originCountries: { any: ['AR', 'SE'] } };
    const all = await planOf((db) => postgresMovieStore(db).count(mixture));
    assert.match(all, /Bitmap Index Scan on movie_facets_by_facet/, all);
    assert.doesNotMatch(all, /on movies|using movies/, all);
    const common = await planOf((db) => postgresMovieStore(db).countUpTo({ originalLanguages: ['en'] }, 100));
    assert.ok(wasted(common) < 2_000, common);
  });

  it('looks for misspelt common words, and common characters, among popular movies', async () => {
    const misspelt = await planOf((db) =>
      postgresMovieSearch(db).search({ text: 'thee', includeAdult: false }, PAGE, []),
    );
    assert.match(misspelt, /Function Scan on similar_movies alike .*\(never executed\)/, misspelt);
    const common = await planOf((db) => postgresMovieSearch(db).search({ text: '一', includeAdult: false }, PAGE, []));
    assert.match(common, /popular_movies_by_cjk/, common);
    assert.doesNotMatch(common, /movie_titles_by_word/, common);
  });

  it('searches for common words along popularity, and for rare ones by their index', async () => {
    const common = await planOf((db) => postgresMovieSearch(db).search({ text: 'the', includeAdult: false }, PAGE, []));
    assert.match(common, /Index Only Scan Backward using movies_by_popularity/, common);
    assert.ok(wasted(common) < MOVIES / 5, common);
    const rare = await planOf((db) =>
      postgresMovieSearch(db).search({ text: 'badenmarkiso', includeAdult: false }, PAGE, []),
    );
    assert.match(rare, /Bitmap Index Scan on movie_titles_by_word/, rare);
    for (const plan of [common, rare]) {
      assert.match(plan, /movie_titles_by_title/, plan);
      assert.match(plan, /movie_titles_by_spelling/, plan);
      assert.doesNotMatch(plan, /Seq Scan on movie/, plan);
    }
    const japanese = await planOf((db) =>
      postgresMovieSearch(db).search({ text: '一丁', includeAdult: false }, PAGE, []),
    );
    assert.match(japanese, /Bitmap Index Scan on movies_by_cjk/, japanese);
  });

  it('finds similar movies, movies of groups and names by their indexes', async () => {
    for (const read of [
      (db: Queryable) =>
        postgresSimilarMovies(db).similarTo(['1', '2', '3'], { limit: 10, includeAdult: false, selection: [] }),
      (db: Queryable) =>
        postgresMovieStore(db).listInGroups('keyword', [1, 500, 40_000], {
          order: POPULAR,
          includeAdult: false,
          page: PAGE,
          selection: [],
        }),
      (db: Queryable) =>
        postgresMovieStore(db).listInGroups('genre', [18, 37], {
          order: POPULAR,
          includeAdult: false,
          page: PAGE,
          selection: [],
        }),
      (db: Queryable) => postgresSharedLists(db).list('keywords', 'bade', PAGE),
      (db: Queryable) => postgresSharedLists(db).list('companies', '', PAGE),
    ]) {
      const plan = await planOf(read);
      assert.doesNotMatch(plan, /Seq Scan on (movies|movie_|keywords|companies)/, plan);
    }
  });

  it('look nothing up for texts without a word, in any script', async () => {
    for (const text of [
      '%',
      '_',
      '😀',
      '\u0301',
      '\u094d',
      '\u200d',
      '♥♥',
      '…',
      '（）',
      '\u{1f1e9}\u{1f1ea}',
      "'",
      '%_%',
    ]) {
      for (const name of ['similar_movies', 'similar_popular_movies']) {
        const { rows } = await database.pool.query(
          `explain (analyze, buffers, timing off, format json) select * from ${name}(fold($1))`,
          [text],
        );
        const [{ Plan: plan }] = rows[0]['QUERY PLAN'];
        const blocks = plan['Shared Hit Blocks'] + plan['Shared Read Blocks'];
        assert.ok(blocks < 100, `${name}(${JSON.stringify(text)}) reads ${blocks} blocks`);
        assert.equal(plan['Actual Rows'], 0);
      }
    }
  });
});
