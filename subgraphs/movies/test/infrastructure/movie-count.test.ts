import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inTransaction } from '@marquee/postgres/transaction';
import type { MovieStore } from '../../src/application/movie-store.ts';
import { postgresMovieStore } from '../../src/infrastructure/postgres-movie-store.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';

let database: MoviesDatabase;
let store: MovieStore;
before(async () => {
  database = await moviesDatabase();
  store = postgresMovieStore(database.pool);
});
after(() => database.drop());

async function counted(): Promise<number> {
  const { rows } = await database.pool.query('select count(*)::integer as movies from movies');
  const count = await store.count({});
  assert.equal(count, rows[0]?.movies);
  return count;
}

const some = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => movieOf(`${prefix}${index}`));

describe('the count of movies', () => {
  it('follows movies that come, come again and go', async () => {
    assert.equal(await counted(), 0);
    await observe(database.pool, some('a', 5));
    await observe(database.pool, some('a', 7));
    assert.equal(await counted(), 7);
    await database.pool.query("delete from movies where id in ('a1', 'a2', 'no such movie')");
    assert.equal(await counted(), 5);
    await database.pool.query('delete from movies');
    assert.equal(await counted(), 0);
  });

  it('is right under many writers at once, some of whom give up, and keeps none of them waiting', async () => {
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let round = 0; round < 10; round++) {
          await observe(database.pool, some(`w${writer}-${round}-`, 3));
          await inTransaction(database.pool, async (tx) => {
            await tx.query('delete from movies where id = $1', [`w${writer}-${round}-0`]);
            if (round % 3 === 0) throw new Error('gives up');
          }).catch((error: Error) => assert.equal(error.message, 'gives up'));
        }
      }),
    );
    assert.equal(await counted(), 8 * (10 * 3 - 6));
    const held = await database.pool.connect();
    try {
      await held.query('begin');
      await held.query("delete from movies where id = 'w0-0-1'");
      await observe(database.pool, some('free', 1));
      assert.equal(await counted(), 8 * 24 + 1);
      await held.query('commit');
    } finally {
      held.release();
    }
    assert.equal(await counted(), 8 * 24);
    await observe(database.pool, some('last', 1));
    const { rows } = await database.pool.query('select count(*)::integer as rows from movie_count');
    assert.equal(rows[0]?.rows, 1, 'what others have left is folded into one row');
  });
});

describe('a list that is written to between its pages', () => {
  it('shows every movie that stays once, in both directions', async () => {
    await database.pool.query('delete from movies');
    const stay = Array.from({ length: 60 }, (_, index) => movieOf(`s${index}`, { popularity: index % 7 }));
    for (const backward of [false, true]) {
      await observe(database.pool, stay);
      const seen: string[] = [];
      const order = { field: 'POPULARITY', direction: 'DESC' } as const;
      for (let cursor = null, round = 0; ; round++) {
        const rows = await store.list({ order, page: { limit: 7, backward, cursor }, selection: [] }, { adult: false });
        if (rows.length === 0) break;
        seen.push(...rows.map(({ movie }) => movie.id));
        cursor = rows.at(-1)?.keys as never;
        await observe(
          database.pool,
          Array.from({ length: 5 }, (_, index) =>
            movieOf(`new${backward}${round}-${index}`, { popularity: (index * 2) % 7 }),
          ),
        );
        // One of those that were seen, and what came before: the row of the cursor itself may go.
        await database.pool.query('delete from movies where id = $1 or id like $2', [
          round % 2 === 0 ? (rows.at(-1)?.movie.id ?? '') : '',
          `new${backward}${round - 1}-%`,
        ]);
      }
      assert.equal(new Set(seen).size, seen.length, 'none twice');
      assert.deepEqual(
        seen.filter((id) => id.startsWith('s')).toSorted(),
        stay.map(({ movieId }) => movieId).toSorted(),
      );
      await database.pool.query('delete from movies');
    }
  });
});
