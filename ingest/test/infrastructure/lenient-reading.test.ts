import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeObserved } from '@marquee/events/codec';
import { MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_MEDIA, MOVIE_RATINGS } from '@marquee/events/topics';
import { toMovieCredits } from '../../src/domain/movie-credits.ts';
import { toMovieDetails } from '../../src/domain/movie-details.ts';
import { toMovieMedia } from '../../src/domain/movie-media.ts';
import { toMovieRatings } from '../../src/domain/movie-ratings.ts';
import { readLeniently } from '../../src/infrastructure/lenient-reading.ts';
import {
  creditsSchema,
  movieListPageSchema,
  movieSchema,
  reviewPageSchema,
} from '../../src/infrastructure/tmdb-schemas.ts';
import { CAST_MEMBER, CREW_MEMBER, MEDIA, MOVIE, review } from '../tmdb-samples.ts';

const CREDITS = {
  id: 7,
  cast: [CAST_MEMBER, { ...CAST_MEMBER, id: 33, credit_id: 'b', order: 1 }],
  crew: [CREW_MEMBER, { ...CREW_MEMBER, id: 34, credit_id: 'c' }],
};
const REVIEWS = { id: 7, page: 1, results: [review(1), review(2)], total_pages: 1, total_results: 2 };

const LONG = 'long '.repeat(60_000);

/** Values that TMDb or its fronts have sent, or might. */
const ODD_VALUES: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  -0,
  -1,
  0.5,
  2_147_483_648,
  2 ** 53,
  1e308,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  '',
  ' ',
  '\u00a0',
  '\u3000\u200b',
  '\ufeff\u2800',
  'a\0b',
  'cut \ud83c',
  LONG,
  '12',
  'NaN',
  '0000-00-00',
  '2020-13-45',
  '2020-02-30',
  '1900-02-29',
  '31/12/1999',
  '1999-12-31T00:00:00.000Z',
  '1999-12-31T25:61:00.000Z',
  '0000-01-01T00:00:00.000Z',
  '10000-01-01',
  [],
  [null],
  [[[]]],
  ['US', 'US'],
  {},
  { '0': 'a', length: 1 },
  { id: null, name: null },
];

type Node = Record<string, unknown>;

/** Every place of a body, as a path of keys. */
function* pathsOf(value: unknown, path: readonly string[] = []): Generator<readonly string[]> {
  if (path.length > 0) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) yield* pathsOf(member, [...path, key]);
}

function withValueAt<Body>(body: Body, path: readonly string[], value: unknown): Body {
  const copy = structuredClone(body);
  let owner = copy as Node;
  for (const key of path.slice(0, -1)) owner = owner[key] as Node;
  owner[path.at(-1) as string] = value;
  return copy;
}

function read<Body>(schema: Parameters<typeof readLeniently<Body>>[0], document: unknown) {
  const reading = readLeniently(schema, '/movie/7', document);
  assert.ok(reading.ok, JSON.stringify(reading));
  return reading;
}

const observedAt = new Date();
const ofMovie = { subject: '7', observedAt, source: 'http://tmdb' };

const isIdentity = (path: readonly string[]) => path.length === 1 && path[0] === 'id';

test('details: no invalid value at any path fails the movie, or causes an invalid event', () => {
  for (const path of pathsOf(MOVIE)) {
    for (const value of ODD_VALUES) {
      if (isIdentity(path)) continue;
      const { body } = read(movieSchema, withValueAt(MOVIE, path, value));
      const data = toMovieDetails(body);
      encodeObserved(MOVIE_DETAILS, { ...ofMovie, data });
      encodeObserved(MOVIE_RATINGS, { ...ofMovie, data: toMovieRatings(body, []) });
      assert.equal(data.keywords.length + Number(path[0] === 'keywords') > 0, true);
    }
  }
});

test('media: no odd value at any place fails the movie, and its neighbours stay', () => {
  const whole = toMovieMedia(read(movieSchema, { ...MOVIE, ...MEDIA }).body);
  const sizeOf = (data: object) => Object.values(data).reduce((sum, list) => sum + list.length, 0);
  for (const path of pathsOf(MEDIA)) {
    for (const value of ODD_VALUES) {
      const { body } = read(movieSchema, { ...MOVIE, ...withValueAt(MEDIA, path, value) });
      const data = toMovieMedia(body);
      encodeObserved(MOVIE_MEDIA, { ...ofMovie, data });
      // A provider is named by its offers: without the country or the offer, it is gone, too.
      if (path.length > 3) assert.ok(sizeOf(data) >= sizeOf(whole) - 2, path.join('.'));
    }
  }
});

test('credits: no odd value at any place fails the body, and what it is not in stays', () => {
  for (const path of pathsOf(CREDITS)) {
    for (const value of ODD_VALUES) {
      if (isIdentity(path)) continue;
      const { body } = read(creditsSchema, withValueAt(CREDITS, path, value));
      encodeObserved(MOVIE_CREDITS, { ...ofMovie, data: toMovieCredits(7, body) });
      assert.ok(body.cast.length >= (path[0] === 'cast' ? (path.length === 1 ? 0 : 1) : 2));
      assert.ok(body.crew.length >= (path[0] === 'crew' ? (path.length === 1 ? 0 : 1) : 2));
    }
  }
});

test('reviews: no odd value at any place fails the body, and what it is not in stays', () => {
  for (const path of pathsOf(REVIEWS)) {
    for (const value of ODD_VALUES) {
      if (isIdentity(path)) continue;
      const { body } = read(reviewPageSchema, withValueAt(REVIEWS, path, value));
      encodeObserved(MOVIE_RATINGS, { ...ofMovie, data: toMovieRatings(movieSchema.parse(MOVIE), body.results) });
      if (path[0] === 'results' && path.length > 1) assert.ok(body.results.length >= 1);
    }
  }
});

test('omissions have their path in the response', () => {
  const odd = {
    ...MOVIE,
    release_date: '0000-00-00',
    runtime: '101',
    production_companies: [{ id: 3, name: null }, ...MOVIE.production_companies],
    genres: [{ id: 18, name: 'Drama' }, 'Drama', { id: 18, name: 'Drama' }],
    keywords: { keywords: [{ id: 5, name: '\u00a0' }, { name: 'sea' }] },
  };
  const { body, omissions } = read(movieSchema, odd);
  assert.deepEqual([body.release_date, body.runtime], [null, null]);
  assert.deepEqual(
    body.production_companies.map(({ name }) => name),
    ['One', 'Two'],
  );
  assert.deepEqual([body.genres, body.keywords], [[{ id: 18, name: 'Drama' }], []]);
  assert.equal(omissions.count, 7);
  assert.deepEqual(
    omissions.first.map(({ request, path }) => [request, path]).sort(),
    [
      'genres.1',
      'genres.2',
      'keywords.keywords.0.name',
      'keywords.keywords.1.id',
      'production_companies.0.name',
      'release_date',
      'runtime',
    ].map((path) => ['/movie/7', path]),
  );
  assert.match(JSON.stringify(omissions.first), /it is not a date/);
});

test('what is merely unknown is not counted', () => {
  const unknown = { ...MOVIE, tagline: ' ', overview: '', release_date: '', runtime: 0, homepage: null };
  const { body, omissions } = read(movieSchema, unknown);
  assert.deepEqual([body.tagline, body.overview, body.release_date, body.homepage], [null, null, null, null]);
  assert.equal(omissions.count, 0);
});

test('a list that is too long keeps its first entries, and the rest is counted', () => {
  const crew = Array.from({ length: 7_003 }, (_, index) => ({ ...CREW_MEMBER, credit_id: `${index}` }));
  const { body, omissions } = read(creditsSchema, { ...CREDITS, crew });
  assert.deepEqual([body.crew.length, body.crew[0]?.credit_id, body.crew.at(-1)?.credit_id], [5_000, '0', '4999']);
  assert.equal(omissions.count, 2_003);
  assert.match(omissions.first[0]?.reason ?? '', /2003 entries omitted/);
});

test('entries with one credit_id are one credit: the first is kept, and the others are counted', () => {
  const cast = (credit_id: string, id = 31) => ({ ...CAST_MEMBER, credit_id, id });
  const crew = (credit_id: string, job = 'Director') => ({ ...CREW_MEMBER, credit_id, job });
  const cases = [
    { cast: [cast('a'), cast('b', 32), cast('a')], crew: [], kept: [['a', 'b'], []], omitted: ['cast.2'] },
    {
      cast: [cast('a'), cast('b')],
      crew: [crew('a'), crew('c')],
      kept: [
        ['a', 'b'],
        ['a', 'c'],
      ],
      omitted: [],
    },
    {
      cast: [],
      crew: [crew('a'), crew('a', 'Writer'), crew('a'), crew('b')],
      kept: [[], ['a', 'b']],
      omitted: ['crew.1', 'crew.2'],
    },
    { cast: [cast('a'), cast('a', 99)], crew: [], kept: [['a'], []], omitted: ['cast.1'] },
  ];
  for (const { kept, omitted, ...lists } of cases) {
    const { body, omissions } = read(creditsSchema, { id: 7, ...lists });
    assert.deepEqual(
      [body.cast, body.crew].map((credits) => credits.map(({ credit_id }) => credit_id)),
      kept,
    );
    assert.deepEqual(
      omissions.first.map(({ path }) => path),
      omitted,
    );
    assert.equal(omissions.count, omitted.length);
  }
  const { body } = read(creditsSchema, {
    id: 7,
    cast: [cast('a'), cast('a', 99)],
    crew: [crew('x'), crew('x', 'Writer')],
  });
  assert.deepEqual([body.cast[0]?.id, body.crew[0]?.job], [31, 'Director']);
});

test('thousands of entries at fault are counted, and the first hundred told', () => {
  const crew = Array.from({ length: 4_000 }, () => ({ id: null, name: 5 }));
  const { body, omissions } = read(creditsSchema, { ...CREDITS, crew: [...crew, CREW_MEMBER] });
  assert.equal(body.crew.length, 1);
  assert.ok(omissions.count >= 4_000);
  assert.equal(omissions.first.length, 100);
});

test('a body that is not what was requested cannot be used at all', () => {
  const none = [null, 'maintenance', [], {}, { message: 'maintenance' }, 5];
  for (const schema of [movieSchema, creditsSchema, reviewPageSchema, movieListPageSchema]) {
    for (const body of none) {
      assert.equal(readLeniently<unknown>(schema, '/', structuredClone(body)).ok, false, JSON.stringify(body));
    }
  }
  for (const id of [undefined, null, '7', 0, -7, 7.5, 2_147_483_648, {}]) {
    const reading = readLeniently(movieSchema, '/movie/7', { ...MOVIE, id });
    assert.ok(!reading.ok);
    assert.match(reading.mistake, /^id: /);
  }
});

test('a page of a list omits entries without a movie', () => {
  const { body, omissions } = read(movieListPageSchema, {
    page: 'one',
    results: [{ id: 7 }, { id: '8' }, null, {}, { id: 9 }],
    total_pages: -1,
    total_results: 1e99,
  });
  assert.deepEqual(body, { results: [{ id: 7 }, { id: 9 }], total_pages: null, total_results: null });
  assert.equal(omissions.count, 5);
});
