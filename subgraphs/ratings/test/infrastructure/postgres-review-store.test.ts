import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { seededRandom } from '@marquee/testing/random';
import type { ReviewOrder } from '../../src/application/review-store.ts';
import { postgresReviewStore } from '../../src/infrastructure/postgres-review-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { movieOf, review } from '../fixtures/ratings.ts';

const any = { minRating: null, maxRating: null };
const newest = { field: 'CREATED_AT', direction: 'DESC' } as const;
const first = (limit: number): KeysetPage => ({ limit, backward: false, cursor: null });
const writtenOn = (id: string, day: number) => review(id, { createdAt: `2020-01-0${day}T10:00:00.123Z` });

describe('Postgres review store', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
    await observe(database.pool, [
      movieOf('1', 7, 10, [
        writtenOn('a', 1),
        writtenOn('b', 3),
        writtenOn('c', 3),
        writtenOn('d', 2),
        writtenOn('e', 5),
      ]),
      movieOf('2', 7, 10, [writtenOn('f', 4), review('twice', { content: 'older' })]),
      movieOf('3', 7, 10, [review('twice', { content: 'newer', createdAt: '2021-01-01T00:00:00Z' })]),
      movieOf('4', 7, 10),
    ]);
  });
  after(() => database.drop());

  const store = () => postgresReviewStore(database.pool);

  it('finds reviews by id, of two with one id the newer, and leaves out those it does not know', async () => {
    const found = await store().findMany(['a', 'unknown', 'twice']);
    assert.deepEqual([...found.keys()].sort(), ['a', 'twice']);
    assert.equal(found.get('twice')?.content, 'newer');
    assert.equal(found.get('a')?.movieId, '1');
  });

  it('reads the newest of each movie by one call, and leaves out movies without any', async () => {
    const reviews = await store().ofMovies(['1', '2', '4', 'unknown'], any, newest, first(3));
    assert.deepEqual(
      new Map([...reviews].map(([movieId, each]) => [movieId, each.map(({ id }) => id)])),
      new Map([
        ['1', ['e', 'c', 'b']],
        ['2', ['twice', 'f']],
      ]),
    );
    assert.deepEqual(
      await store().countOfMovies(['1', '2', '4'], any),
      new Map([
        ['1', 5],
        ['2', 2],
      ]),
    );
  });

  it('continues after a review and before it', async () => {
    const read = async (page: KeysetPage) => (await store().ofMovies(['1'], any, newest, page)).get('1') ?? [];
    const all = await read(first(10));
    assert.equal(all.length, 5);
    for (const [index, { createdAt, id }] of all.entries()) {
      const cursor = [createdAt.toISOString(), id];
      assert.deepEqual(await read({ limit: 2, backward: false, cursor }), all.slice(index + 1, index + 3));
      const before = await read({ limit: 2, backward: true, cursor });
      assert.deepEqual(before, all.slice(Math.max(0, index - 2), index).toReversed());
    }
  });

  it('is what a filter and an order say, read page by page in both directions', async () => {
    const random = seededRandom(11);
    const written = Array.from({ length: 60 }, (_, n) =>
      review(`p${n}`, {
        rating: random.one([null, 1, 5, 5, 8.5]),
        createdAt: `2020-02-0${1 + random.below(5)}T10:00:00.000Z`,
      }),
    );
    await observe(database.pool, [movieOf('9', 7, 10, written)]);
    for (let run = 0; run < 60; run++) {
      const minRating = random.one([null, null, 2, 5]);
      const maxRating = random.one([null, null, 5, 10]);
      const order: ReviewOrder = {
        field: random.one(['CREATED_AT', 'RATING']),
        direction: random.one(['ASC', 'DESC']),
      };
      const keysOf = (each: { id: string; rating: number | null; createdAt: Date | string }) => [
        ...(order.field === 'RATING' ? [each.rating ?? 0] : []),
        new Date(each.createdAt).toISOString(),
        each.id,
      ];
      const ids = written
        .filter(({ rating }) => minRating === null || (rating !== null && rating >= minRating))
        .filter(({ rating }) => maxRating === null || (rating !== null && rating <= maxRating))
        .map((each) => ({ id: each.id, keys: keysOf(each) }))
        .sort((a, b) => compare(a.keys, b.keys))
        .map(({ id }) => id);
      const expected = order.direction === 'ASC' ? ids : ids.toReversed();
      assert.equal((await store().countOfMovies(['9'], { minRating, maxRating })).get('9') ?? 0, expected.length);
      for (const backward of [false, true]) {
        const seen: string[] = [];
        let cursor: (string | number)[] | null = null;
        const limit = 1 + random.below(20);
        for (;;) {
          const page = { limit, backward, cursor };
          const rows = (await store().ofMovies(['9'], { minRating, maxRating }, order, page)).get('9') ?? [];
          seen.push(...rows.map(({ id }) => id));
          const last = rows.at(-1);
          if (last === undefined || rows.length < limit) break;
          cursor = keysOf(last);
        }
        assert.deepEqual(seen, backward ? expected.toReversed() : expected, JSON.stringify(order));
      }
    }
  });

  it("reads an author's reviews of all movies, the newest first, page by page", async () => {
    const by = (id: string, day: number) => ({ ...writtenOn(id, day), authorUsername: 'reader' });
    await observe(database.pool, [
      movieOf('21', 7, 10, [by('x', 4), by('same', 2), writtenOn('y', 3)]),
      movieOf('22', 7, 10, [by('z', 6), by('same', 2)]),
    ]);
    const all = await store().ofAuthor('reader', true, first(10));
    assert.deepEqual(
      all.map(({ id, movieId }) => [id, movieId]),
      [
        ['z', '22'],
        ['x', '21'],
        ['same', '22'],
        ['same', '21'],
      ],
    );
    assert.equal(await store().countOfAuthor('reader', true), 4);
    assert.deepEqual(await store().ofAuthor('Reader', true, first(10)), []);
    for (const [index, { createdAt, id, movieId }] of all.entries()) {
      const cursor = [createdAt.toISOString(), id, movieId];
      assert.deepEqual(
        await store().ofAuthor('reader', true, { limit: 2, backward: false, cursor }),
        all.slice(index + 1, index + 3),
      );
      const before = await store().ofAuthor('reader', true, { limit: 2, backward: true, cursor });
      assert.deepEqual(before, all.slice(Math.max(0, index - 2), index).toReversed());
    }
  });
});

/** Key by key, as the database compares them. */
function compare(a: readonly (string | number)[], b: readonly (string | number)[]): number {
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? value;
    if (value !== other) return value < other ? -1 : 1;
  }
  return 0;
}
