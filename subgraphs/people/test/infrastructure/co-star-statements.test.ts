import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { seededRandom } from '@marquee/testing/random';
import type { CoStar } from '../../src/application/credit-store.ts';
import { postgresCreditStore } from '../../src/infrastructure/postgres-credit-store.ts';
import { job, movieOf, part } from '../fixtures/credits.ts';
import { observe, type PeopleDatabase, peopleDatabase } from '../fixtures/database.ts';

const random = seededRandom(7);
/** Movies of up to 12 parts, now and then two of one person, and a crew that does not count. */
const movies = Array.from({ length: 120 }, (_, n) =>
  movieOf(`${n + 1}`, {
    cast: Array.from({ length: random.below(13) }, (_, order) => part(`${random.below(30)}`, { order })),
    crew: [job(`${random.below(30)}`)],
  }),
);
const crowd = movieOf('1000', { cast: Array.from({ length: 60 }, (_, order) => part(`x${order}`, { order })) });

/** The co-stars of a person, counted movie by movie. */
function naive(personId: string): { id: string; movies: string[] }[] {
  const shared = new Map<string, string[]>();
  for (const { movieId, cast } of movies.toReversed()) {
    const ids = new Set(cast.map(({ person }) => person.id));
    if (!ids.delete(personId)) continue;
    for (const id of ids) shared.set(id, [...(shared.get(id) ?? []), movieId]);
  }
  return [...shared]
    .map(([id, movies]) => ({ id, movies }))
    .sort(
      (a, b) =>
        b.movies.length - a.movies.length || Number(b.movies[0]) - Number(a.movies[0]) || (a.id < b.id ? -1 : 1),
    );
}

describe('co-stars', () => {
  let database: PeopleDatabase;
  before(async () => {
    database = await peopleDatabase();
    await observe(database.pool, [...movies, crowd]);
  });
  after(() => database.drop());

  const keysOf = ({ sharedMovieCount, newestMovieRank, id }: CoStar) => [-sharedMovieCount, newestMovieRank, id];

  it('are those with whom most movies are shared, for many persons by one statement', async () => {
    const store = postgresCreditStore(database.pool);
    const ids = Array.from({ length: 30 }, (_, id) => `${id}`);
    const found = await store.coStars([...ids, 'unknown'], true, { limit: 100, backward: false, cursor: null });
    const counts = await store.countCoStars([...ids, 'unknown'], true);
    for (const id of ids) {
      const coStars = (found.get(id) ?? []).map((each) => {
        assert.equal(each.sharedMovieCount, each.sharedMovieIds.length);
        return { id: each.id, movies: each.sharedMovieIds };
      });
      assert.deepEqual(coStars, naive(id));
      assert.equal(counts.get(id) ?? 0, coStars.length);
    }
    assert.equal(found.get('unknown'), undefined);
  });

  it('continue after one and before it', async () => {
    const store = postgresCreditStore(database.pool);
    const read = async (limit: number, backward: boolean, cursor: (string | number)[] | null) =>
      (await store.coStars(['3'], true, { limit, backward, cursor })).get('3') ?? [];
    const all = await read(100, false, null);
    assert.ok(all.length > 10);
    for (const [index, each] of all.entries()) {
      assert.deepEqual(await read(3, false, keysOf(each)), all.slice(index + 1, index + 4));
      assert.deepEqual(await read(3, true, keysOf(each)), all.slice(Math.max(0, index - 3), index).toReversed());
    }
  });

  it('are found among the first 50 of the billing', async () => {
    const store = postgresCreditStore(database.pool);
    assert.equal((await store.countCoStars(['x0'], true)).get('x0'), 49);
    assert.equal((await store.countCoStars(['x59'], true)).get('x59'), 50);
  });
});
