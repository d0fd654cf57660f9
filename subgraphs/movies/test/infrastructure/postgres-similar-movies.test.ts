import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { MovieDetails } from '@marquee/events/generated/movie-details';
import { inTransaction } from '@marquee/postgres/transaction';
import type { SimilarMovies } from '../../src/application/similar-movies.ts';
import { postgresSimilarMovies } from '../../src/infrastructure/postgres-similar-movies.ts';
import { postgresTopBilledStore } from '../../src/infrastructure/postgres-top-billed-store.ts';
import { type MoviesDatabase, moviesDatabase, observe } from '../fixtures/database.ts';
import { movieOf } from '../fixtures/movies.ts';
import { randomMovies } from '../fixtures/random-movies.ts';

/** The fixture's adult movies, collections and overlapping keywords, with keywords that few movies have. */
const movies: readonly MovieDetails[] = randomMovies(200, 7).map(({ details }, index) => ({
  ...details,
  keywords: [...details.keywords, { id: 100 + (index % 60), name: 'few have it' }],
}));

/** Whoever is billed first in each; of some nobody is known. */
const billed = new Map(
  movies.map(({ movieId }, index) => [
    movieId,
    Array.from({ length: index % 4 }, (_, place) => `${(index * 7 + place * 11) % 40}`),
  ]),
);

let database: MoviesDatabase;
let similar: SimilarMovies;
before(async () => {
  database = await moviesDatabase();
  await observe(database.pool, movies);
  await inTransaction(database.pool, (tx) =>
    postgresTopBilledStore(tx).save([...billed].map(([movieId, personIds]) => ({ movieId, personIds }))),
  );
  similar = postgresSimilarMovies(database.pool);
});
after(() => database.drop());

const ids = (parts: readonly { readonly id: number }[]) => [...new Set(parts.map(({ id }) => id))];

/** The formula of the schema, over movies few enough for none of its bounds but that of the keywords to matter. */
function expected(movie: MovieDetails): [string, number][] {
  const held = (keyword: number) => movies.filter(({ keywords }) => ids(keywords).includes(keyword)).length;
  const telling = ids(movie.keywords)
    .filter((keyword) => held(keyword) > 1)
    .toSorted((a, b) => held(a) - held(b) || a - b)
    .slice(0, 8);
  const weight = (keywords: readonly number[]) =>
    keywords.reduce((sum, each) => sum + 1 / Math.log2(1 + held(each)), 0);
  const genres = ids(movie.genres);
  return movies
    .filter(({ movieId, adult }) => movieId !== movie.movieId && adult === movie.adult)
    .flatMap((other): [string, number][] => {
      const shared = telling.filter((keyword) => ids(other.keywords).includes(keyword));
      const common = ids(other.genres).filter((genre) => genres.includes(genre)).length;
      const either = new Set([...genres, ...ids(other.genres)]).size;
      const together = movie.collection !== null && movie.collection.id === other.collection?.id;
      const ours = billed.get(movie.movieId) ?? [];
      const both = ours.filter((person) => billed.get(other.movieId)?.includes(person)).length;
      if (shared.length === 0 && both === 0 && common === 0 && !together) return [];
      const a = both === 0 ? 0 : both / ours.length;
      const k = telling.length === 0 ? 0 : weight(shared) / weight(telling);
      const g = either === 0 ? 0 : common / either;
      return [
        [other.movieId, 0.6 * k + 0.3 * a + 0.3 * g + 0.1 * Number(together) + 0.05 * Math.log10(1 + other.popularity)],
      ];
    })
    .toSorted(([a, x], [b, y]) => (Math.abs(x - y) > 1e-9 ? y - x : a < b ? -1 : 1))
    .slice(0, 10);
}

describe('similar movies', () => {
  it('are scored as the schema says, many movies at once', async () => {
    const found = await similar.similarTo(
      movies.map(({ movieId }) => movieId),
      { limit: 10, includeAdult: true, selection: [] },
    );
    for (const movie of movies) {
      const [wanted, got] = [expected(movie), found.get(movie.movieId) ?? []];
      assert.equal(got.length, wanted.length, movie.movieId);
      for (const [place, [, score]] of wanted.entries()) {
        assert.ok(Math.abs((got[place]?.score as number) - score) < 1e-9, `${movie.movieId} at ${place}`);
      }
      // Scores that differ in the last place only may change places.
      const scores = new Map(wanted);
      const last = wanted.at(-1)?.[1] ?? 0;
      for (const { node, score } of got) {
        if (score > last + 1e-9) assert.ok(scores.has(node.id), `${movie.movieId} is like ${node.id}`);
      }
    }
  });

  it('are none for a movie that is not known, and for one of which nothing is', async () => {
    await observe(database.pool, [movieOf('nothing known')]);
    assert.deepEqual(
      [
        ...(
          await similar.similarTo(['no such movie', 'nothing known'], { limit: 10, includeAdult: true, selection: [] })
        ).keys(),
      ],
      [],
    );
  });
});
