import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MovieDetails } from '@marquee/events/generated/movie-details';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { MovieList, MovieStore } from '../../src/application/movie-store.ts';
import type { MovieOrder, MovieOrderField, OrderDirection } from '../../src/domain/movie-order.ts';
import { postgresMovieStore } from '../../src/infrastructure/postgres-movie-store.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';

const TITLES = ['Alien', 'alien', 'Älien', 'Zodiac', 'Éden', 'Eden', '千と千尋の神隠し', '2001', 'A-Team', 'Ateam'];

/** Many ties and many unknown values. */
const movies: MovieDetails[] = Array.from({ length: 83 }, (_, index) =>
  movieOf(`${index}`, {
    title: TITLES[(index * 7) % TITLES.length] as string,
    popularity: [0, 0.1 + 0.2, 7, 7.5, 1e9][index % 5] as number,
    releaseDate: index % 3 === 0 ? null : `19${60 + (index % 11)}-0${1 + (index % 4)}-15`,
    runtime: index % 4 === 0 ? null : 80 + (index % 6),
    budget: index % 2 === 0 ? null : 1_000_000 * (1 + (index % 5)),
    revenue: index % 7 === 0 ? null : 3_000_000_000 + (index % 9),
    originalLanguage: ['en', 'fr', null][index % 3] as string | null,
    genres: [{ id: index % 4, name: `g${index % 4}` }, ...(index % 6 === 0 ? [{ id: 9, name: 'g9' }] : [])],
    collection: index % 5 === 0 ? { id: index % 10, name: 'c', posterPath: null, backdropPath: null } : null,
  }),
);

let database: MoviesDatabase;
let store: MovieStore;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, movies);
  store = postgresMovieStore(database.pool);
});
after(() => database.drop());

const page = (limit: number, backward = false, cursor: KeysetPage['cursor'] = null): KeysetPage => ({
  limit,
  backward,
  cursor,
});

/** All ids of a list, read page by page. */
async function walk(read: (page: KeysetPage) => ReturnType<MovieStore['list']>, backward: boolean): Promise<string[]> {
  const ids: string[] = [];
  let cursor: KeysetPage['cursor'] = null;
  for (;;) {
    const rows = await read(page(9, backward, cursor));
    ids.push(...rows.map((row) => row.movie.id));
    const last = rows.at(-1);
    if (last === undefined) return backward ? ids.reverse() : ids;
    cursor = last.keys;
  }
}

const INDEXES: Record<MovieOrderField, string> = {
  POPULARITY: 'movies_by_popularity',
  RELEASE_DATE: 'movies_by_release_date',
  TITLE: 'movies_by_title',
  REVENUE: 'movies_by_revenue',
  BUDGET: 'movies_by_budget',
  RUNTIME: 'movies_by_runtime',
  VOTE_COUNT: 'movie_votes_by_count',
  VOTE_AVERAGE: 'movie_votes_by_average',
  WEIGHTED_SCORE: 'movie_votes_by_score',
};

const PROPERTIES = {
  POPULARITY: 'popularity',
  RELEASE_DATE: 'releaseDate',
  REVENUE: 'revenue',
  BUDGET: 'budget',
  RUNTIME: 'runtime',
} as const;

/** The order that the schema promises: by the field, unknown last either way, then by id the same way. */
function expectedOrder(field: keyof typeof PROPERTIES, direction: OrderDirection): string[] {
  const sign = direction === 'ASC' ? 1 : -1;
  const compare = (a: string | number, b: string | number) => (a < b ? -sign : a > b ? sign : 0);
  return movies
    .toSorted((a, b) => {
      const [x, y] = [a[PROPERTIES[field]], b[PROPERTIES[field]]];
      if (x === null || y === null) return Number(x === null) - Number(y === null) || compare(a.movieId, b.movieId);
      return compare(x, y) || compare(a.movieId, b.movieId);
    })
    .map((each) => each.movieId);
}

describe('store', () => {
  for (const direction of ['ASC', 'DESC'] as const) {
    for (const field of Object.keys(PROPERTIES) as (keyof typeof PROPERTIES)[]) {
      it(`lists by ${field} ${direction}, forward and backward, every movie once`, async () => {
        const order = { field, direction };
        const expected = expectedOrder(field, direction);
        for (const backward of [false, true]) {
          assert.deepEqual(
            await walk((request) => store.list({ order, page: request, selection: [] }, {}), backward),
            expected,
          );
        }
      });
    }

    it(`lists by TITLE ${direction} as dictionaries do`, async () => {
      const order: MovieOrder = { field: 'TITLE', direction };
      const forward = await walk((request) => store.list({ order, page: request, selection: [] }, {}), false);
      assert.deepEqual(await walk((request) => store.list({ order, page: request, selection: [] }, {}), true), forward);
      assert.equal(new Set(forward).size, movies.length);
      const titles = forward.map((id) => movies[Number(id)]?.title as string);
      const distinct = [...new Set(direction === 'ASC' ? titles : titles.toReversed())];
      assert.deepEqual(
        distinct.filter((title) => !title.startsWith('A-') && title !== 'Ateam'),
        ['2001', 'alien', 'Alien', 'Älien', 'Eden', 'Éden', 'Zodiac', '千と千尋の神隠し'],
      );
    });
  }

  it('keeps its place when movies come and go between two pages', async () => {
    const order: MovieOrder = { field: 'POPULARITY', direction: 'DESC' };
    const [first, second] = [
      await store.list({ order, page: page(5), selection: [] }, {}),
      expectedOrder('POPULARITY', 'DESC').slice(5, 10),
    ];
    const ahead = movieOf('new-and-popular', { popularity: 2e9 });
    await observe(database.pool, [ahead]);
    try {
      const next = await store.list({ order, page: page(5, false, first.at(-1)?.keys), selection: [] }, {});
      assert.deepEqual(
        next.map((row) => row.movie.id),
        second,
      );
    } finally {
      await database.pool.query('delete from movies where id = $1', [ahead.movieId]);
    }
  });

  it('finds by id, and leaves out what is not known', async () => {
    const found = await store.findByIds(['3', 'no such movie', '1'], ['title']);
    assert.deepEqual([...found.keys()].toSorted(), ['1', '3']);
    assert.deepEqual(found.get('3'), { id: '3', title: movies[3]?.title });
  });

  it('lists the movies of many groups at once, each with its own page', async () => {
    const list: MovieList = {
      order: { field: 'TITLE', direction: 'ASC' },
      includeAdult: true,
      page: page(4),
      selection: [],
    };
    for (const [group, belongs] of [
      ['collection', (movie: MovieDetails, id: number) => movie.collection?.id === id],
      ['genre', (movie: MovieDetails, id: number) => movie.genres.some((genre) => genre.id === id)],
    ] as const) {
      const listed = await store.listInGroups(group, [0, 5, 9, 77], list);
      const counts = await store.countInGroups(group, [0, 5, 9, 77], true);
      for (const id of [0, 5, 9, 77]) {
        const members = movies.filter((movie) => belongs(movie, id));
        const all = await walk((request) => store.list({ order: list.order, page: request, selection: [] }, {}), false);
        const expected = all.filter((each) => members.some((movie) => movie.movieId === each));
        assert.deepEqual(
          (listed.get(id) ?? []).map((row) => row.movie.id),
          expected.slice(0, 4),
          `${group} ${id}`,
        );
        assert.equal(counts.get(id) ?? 0, members.length);
      }
    }
  });

  it('answers every ordering from an index, in both directions', async () => {
    const client = await database.pool.connect();
    try {
      await client.query('begin');
      // With 83 movies a sort is cheap: what counts is whether the index can answer at all.
      await client.query('set local enable_seqscan = off');
      await client.query('set local enable_bitmapscan = off');
      await client.query('set local enable_sort = off');
      const explained: string[] = [];
      const explaining = postgresMovieStore({
        async query(statement: { text: string; values: unknown[] }) {
          const { rows } = await client.query(`explain ${statement.text}`, statement.values);
          explained.push(rows.map((row) => row['QUERY PLAN']).join('\n'));
          return { rows: [], rowCount: 0 };
        },
      } as never);
      const cursors: Record<MovieOrderField, string | number> = {
        POPULARITY: 7,
        RELEASE_DATE: '1965-02-15',
        TITLE: 'Eden',
        REVENUE: 3,
        BUDGET: 3,
        RUNTIME: 81,
        VOTE_COUNT: 7,
        VOTE_AVERAGE: 6.5,
        WEIGHTED_SCORE: 6.5,
      };
      for (const [field, value] of Object.entries(cursors) as [MovieOrderField, string | number][]) {
        for (const direction of ['ASC', 'DESC'] as const) {
          for (const backward of [false, true]) {
            await explaining.list(
              { order: { field, direction }, page: page(21, backward, [value, '5']), selection: [] },
              {},
            );
            const plan = explained.at(-1) ?? '';
            assert.match(plan, new RegExp(`Index (Only )?Scan (Backward )?using ${INDEXES[field]}`), plan);
            assert.match(plan, /Index Cond: \(ROW\(/, plan);
          }
        }
      }
    } finally {
      await client.query('rollback');
      client.release();
    }
  });
});
