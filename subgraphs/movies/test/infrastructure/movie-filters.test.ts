import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { seededRandom } from '@marquee/testing/random';
import type { Members, MovieFilter, Range } from '../../src/application/movie-filter.ts';
import type { ListedMovie, MovieStore } from '../../src/application/movie-store.ts';
import type { MovieOrder, MovieOrderField } from '../../src/domain/movie-order.ts';
import { postgresMovieStore } from '../../src/infrastructure/postgres-movie-store.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { type RandomMovie, randomMovies } from '../fixtures/random-movies.ts';

const movies = randomMovies(300, 20_261_122);

let database: MoviesDatabase;
let store: MovieStore;
before(async () => {
  database = await moviesDatabase();
  // Votes may be told of before the movie is.
  const voted = movies.filter(({ votes }) => votes !== null);
  await database.pool.query(
    `insert into movie_votes (movie_id, vote_average, vote_count, weighted_score)
      select * from unnest($1::text[], $2::double precision[], $3::integer[], $4::double precision[])`,
    [
      voted.map(({ details }) => details.movieId),
      voted.map(({ votes }) => votes?.voteAverage),
      voted.map(({ votes }) => votes?.voteCount),
      voted.map(({ votes }) => votes?.weightedScore),
    ],
  );
  await observe(
    database.pool,
    movies.map(({ details }) => details),
  );
  store = postgresMovieStore(database.pool);
});
after(() => database.drop());

type Values = readonly (string | number)[];
type Test = (movie: RandomMovie) => boolean;

const members = (held: Values, { any, all, none }: Members<string | number>) =>
  (any === undefined || any.some((id) => held.includes(id))) &&
  (all ?? []).every((id) => held.includes(id)) &&
  !(none ?? []).some((id) => held.includes(id));

const within = (value: string | number | null | undefined, { min, max }: Range<string | number>) =>
  value != null && (min === undefined || value >= min) && (max === undefined || value <= max);

/** Reference implementation of a filter, for one movie at a time. */
const MEANINGS: { [Name in keyof MovieFilter]-?: (wanted: NonNullable<MovieFilter[Name]>) => Test } = {
  genres:
    (wanted) =>
    ({ details }) =>
      members(
        details.genres.map(({ id }) => id),
        wanted,
      ),
  keywords:
    (wanted) =>
    ({ details }) =>
      members(
        details.keywords.map(({ id }) => id),
        wanted,
      ),
  companies:
    (wanted) =>
    ({ details }) =>
      members(
        details.productionCompanies.map(({ id }) => id),
        wanted,
      ),
  productionCountries:
    (wanted) =>
    ({ details }) =>
      members(
        details.productionCountries.map(({ code }) => code),
        wanted,
      ),
  originCountries:
    (wanted) =>
    ({ details }) =>
      members(details.originCountries, wanted),
  spokenLanguages:
    (wanted) =>
    ({ details }) =>
      members(
        details.spokenLanguages.map(({ code }) => code),
        wanted,
      ),
  originalLanguages:
    (wanted) =>
    ({ details }) =>
      wanted.some((code) => code === details.originalLanguage),
  collections:
    (wanted) =>
    ({ details }) =>
      wanted.some((id) => id === details.collection?.id),
  statuses:
    (wanted) =>
    ({ details }) =>
      wanted.some((status) => status === details.status),
  releaseDate:
    (wanted) =>
    ({ details }) =>
      within(details.releaseDate, wanted),
  runtime:
    (wanted) =>
    ({ details }) =>
      within(details.runtime, wanted),
  budget:
    (wanted) =>
    ({ details }) =>
      within(details.budget, wanted),
  revenue:
    (wanted) =>
    ({ details }) =>
      within(details.revenue, wanted),
  popularity:
    (wanted) =>
    ({ details }) =>
      within(details.popularity, wanted),
  voteAverage:
    (wanted) =>
    ({ votes }) =>
      within(votes?.voteAverage, wanted),
  voteCount:
    (wanted) =>
    ({ votes }) =>
      within(votes?.voteCount ?? 0, wanted),
  weightedScore:
    (wanted) =>
    ({ votes }) =>
      within(votes?.weightedScore, wanted),
  adult:
    (wanted) =>
    ({ details }) =>
      details.adult === wanted,
  video:
    (wanted) =>
    ({ details }) =>
      details.video === wanted,
  certification:
    ({ country, any }) =>
    ({ details }) =>
      details.releases.some(
        (release) => release.country === country && any.some((each) => each === release.certification),
      ),
  title:
    (wanted) =>
    ({ details }) => {
      const words = `${details.title} ${details.originalTitle}`.split(/[ -]/).map(fold);
      return wanted
        .split(' ')
        .map(fold)
        .every((word, index, all) =>
          words.some((each) => (index === all.length - 1 ? each.startsWith(word) : each === word)),
        );
    },
};

const fold = (word: string) =>
  word
    .normalize('NFKD')
    .replace(/\p{Mn}|'/gu, '')
    .normalize('NFC')
    .toLowerCase();

const meets = (filter: MovieFilter): Test => {
  const tests = Object.entries(filter).map(([name, wanted]) => MEANINGS[name as keyof MovieFilter](wanted as never));
  return (movie) => tests.every((test) => test(movie));
};

/** Filters by one thing, each kind of it. */
const ALONE: readonly MovieFilter[] = [
  {},
  ...(['genres', 'keywords', 'companies'] as const).flatMap((name) =>
    [
      { any: [0, 3] },
      { all: [1, 2] },
      { none: [1] },
      { any: [] },
      { all: [] },
      { none: [] },
      { any: [2], none: [0] },
      { any: [77] },
    ].map((wanted) => ({ [name]: wanted })),
  ),
  ...(['productionCountries', 'originCountries'] as const).flatMap((name) =>
    [{ any: ['US', 'SE'] }, { all: ['US', 'FR'] }, { none: ['JP'] }].map((wanted) => ({ [name]: wanted })),
  ),
  { spokenLanguages: { any: ['ja'] } },
  { spokenLanguages: { all: ['en', 'fr'], none: ['xx'] } },
  { originalLanguages: ['en', 'ja'] },
  { originalLanguages: [] },
  { collections: [1, 2] },
  { statuses: ['Planned'] },
  ...(['runtime', 'budget', 'revenue', 'popularity', 'voteAverage', 'voteCount', 'weightedScore'] as const).flatMap(
    (name) => {
      const middle = {
        runtime: 82,
        budget: 2_000_000,
        revenue: 3_000_000_001,
        popularity: 1,
        voteAverage: 5,
        voteCount: 2,
        weightedScore: 6.25,
      }[name];
      return [
        { min: middle },
        { max: middle },
        { min: middle, max: middle },
        { min: 0 },
        { max: 9_007_199_254_740_991 },
      ].map((wanted) => ({ [name]: name === 'runtime' || name === 'voteCount' ? bounded(wanted) : wanted }));
    },
  ),
  { releaseDate: { min: '2000-02-11' } },
  { releaseDate: { max: '2000-02-11' } },
  { releaseDate: { min: '1999-01-01', max: '1999-12-31' } },
  { adult: true },
  { adult: false },
  { video: true },
  { video: false },
  { certification: { country: 'US', any: ['R', 'PG'] } },
  { certification: { country: 'US', any: [] } },
  { title: 'the' },
  { title: 'time of' },
  { title: 'ete' },
  { title: 'oceans' },
  { title: 'spider man' },
  { title: '千と' },
];

function bounded(range: Range<number>): Range<number> {
  return { ...range, ...(range.max !== undefined && { max: Math.min(range.max, 2_147_483_647) }) };
}

const ORDERS: readonly MovieOrder[] = (
  [
    'POPULARITY',
    'RELEASE_DATE',
    'REVENUE',
    'BUDGET',
    'RUNTIME',
    'VOTE_COUNT',
    'VOTE_AVERAGE',
    'WEIGHTED_SCORE',
  ] as const
).flatMap((field) => (['ASC', 'DESC'] as const).map((direction) => ({ field, direction })));

const VALUES: Record<Exclude<MovieOrderField, 'TITLE'>, (movie: RandomMovie) => string | number | null> = {
  POPULARITY: ({ details }) => details.popularity,
  RELEASE_DATE: ({ details }) => details.releaseDate,
  REVENUE: ({ details }) => details.revenue,
  BUDGET: ({ details }) => details.budget,
  RUNTIME: ({ details }) => details.runtime,
  VOTE_COUNT: ({ votes }) => votes?.voteCount ?? 0,
  VOTE_AVERAGE: ({ votes }) => votes?.voteAverage ?? null,
  WEIGHTED_SCORE: ({ votes }) => votes?.weightedScore ?? null,
};

/** The movies that fit, in the order that the schema promises: unknown last either way, then by id the same way. */
function expected(filter: MovieFilter, { field, direction }: MovieOrder): string[] {
  const value = VALUES[field as keyof typeof VALUES];
  const sign = direction === 'ASC' ? 1 : -1;
  const compare = (a: string | number, b: string | number) => (a < b ? -sign : a > b ? sign : 0);
  return movies
    .filter(meets(filter))
    .toSorted((a, b) => {
      const [x, y] = [value(a), value(b)];
      const byId = compare(a.details.movieId, b.details.movieId);
      if (x === null || y === null) return Number(x === null) - Number(y === null) || byId;
      return compare(x, y) || byId;
    })
    .map(({ details }) => details.movieId);
}

async function walk(filter: MovieFilter, order: MovieOrder, backward: boolean, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: KeysetPage['cursor'] = null;
  for (;;) {
    const rows: readonly ListedMovie[] = await store.list(
      { order, page: { limit, backward, cursor }, selection: [] },
      filter,
    );
    ids.push(...rows.map(({ movie }) => movie.id));
    cursor = rows.at(-1)?.keys ?? null;
    if (cursor === null || rows.length < limit) return backward ? ids.reverse() : ids;
  }
}

describe('filters', () => {
  it('mean what they say, each alone', async () => {
    let [some, all] = [0, 0];
    for (const [index, filter] of ALONE.entries()) {
      const order = ORDERS[index % ORDERS.length] as MovieOrder;
      const fitting = expected(filter, order);
      assert.deepEqual(await walk(filter, order, index % 2 === 0, 71), fitting, JSON.stringify({ filter, order }));
      assert.equal(await store.count(filter), fitting.length, JSON.stringify(filter));
      some += Number(fitting.length > 0 && fitting.length < movies.length);
      all += 1;
    }
    assert.ok(some > all / 2, 'most of them tell movies apart');
  });

  it('mean what they say together, in every order and both directions', async () => {
    const random = seededRandom(4);
    let found = 0;
    for (let round = 0; round < 200; round++) {
      const filter: MovieFilter = Object.assign(
        {},
        ...Array.from({ length: 2 + random.below(3) }, () => random.one(ALONE as never)),
      );
      const order = ORDERS[round % ORDERS.length] as MovieOrder;
      const fitting = expected(filter, order);
      assert.deepEqual(
        await walk(filter, order, random.below(2) === 0, 40),
        fitting,
        JSON.stringify({ filter, order }),
      );
      assert.equal(await store.count(filter), fitting.length, JSON.stringify(filter));
      found += Number(fitting.length > 0);
    }
    assert.ok(found > 40, `only ${found} of the filters fit any movie`);
  });

  it('take one statement, planned for its values', async () => {
    const statements: object[] = [];
    const counting = postgresMovieStore({
      query: async (statement: object) => {
        statements.push(statement);
        return { rows: [], rowCount: 0 };
      },
    } as never);
    const page = { limit: 21, backward: false, cursor: null };
    const everything: MovieFilter = Object.assign({}, ...ALONE);
    await counting.list({ order: { field: 'POPULARITY', direction: 'DESC' }, page, selection: [] }, everything);
    await counting.count(everything);
    assert.equal(statements.length, 2);
    for (const statement of statements) assert.ok(!('name' in statement), 'a plan for other values may be a bad one');
  });
});
