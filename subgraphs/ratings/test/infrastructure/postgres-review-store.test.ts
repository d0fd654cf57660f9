import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { KeysetPage } from '../../src/application/keyset-page.ts';
import { postgresReviewStore } from '../../src/infrastructure/postgres-review-store.ts';
import { observe, type RatingsDatabase, ratingsDatabase } from '../fixtures/database.ts';
import { film, review } from '../fixtures/ratings.ts';

const first = (limit: number): KeysetPage => ({ limit, backward: false, cursor: null });
const written = (id: string, day: number) => review(id, { createdAt: `2020-01-0${day}T10:00:00.123Z` });

describe('Postgres review store', () => {
  let database: RatingsDatabase;
  before(async () => {
    database = await ratingsDatabase();
    await observe(database.pool, [
      film('1', 7, 10, [written('a', 1), written('b', 3), written('c', 3), written('d', 2), written('e', 5)]),
      film('2', 7, 10, [written('f', 4), review('twice', { content: 'older' })]),
      film('3', 7, 10, [review('twice', { content: 'newer', createdAt: '2021-01-01T00:00:00Z' })]),
      film('4', 7, 10),
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

  it('reads the newest of each film by one call, and leaves out films without any', async () => {
    const reviews = await store().ofMovies(['1', '2', '4', 'unknown'], first(3));
    assert.deepEqual(
      new Map([...reviews].map(([movieId, each]) => [movieId, each.map(({ id }) => id)])),
      new Map([
        ['1', ['e', 'c', 'b']],
        ['2', ['twice', 'f']],
      ]),
    );
    assert.deepEqual(
      await store().countOfMovies(['1', '2', '4']),
      new Map([
        ['1', 5],
        ['2', 2],
      ]),
    );
  });

  it('continues after a review and before it', async () => {
    const read = async (page: KeysetPage) => (await store().ofMovies(['1'], page)).get('1') ?? [];
    const all = await read(first(10));
    assert.equal(all.length, 5);
    for (const [index, { createdAt, id }] of all.entries()) {
      const cursor = [createdAt.toISOString(), id];
      assert.deepEqual(await read({ limit: 2, backward: false, cursor }), all.slice(index + 1, index + 3));
      const before = await read({ limit: 2, backward: true, cursor });
      assert.deepEqual(before, all.slice(Math.max(0, index - 2), index).toReversed());
    }
  });
});
