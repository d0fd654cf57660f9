import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import type { Movie } from '../tmdb/bodies.ts';
import { expectedMovie } from '../tmdb/expected-movie.ts';
import { oddMovies } from '../tmdb/odd-movies.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeMovie } from '../tmdb/whole-movie.ts';
import type { Stack } from './stack.ts';

/** Tests TMDb's data from ingest through the event log and three databases to one response, and deletions. */
export function pipelineTests(running: () => Stack): void {
  describe('from TMDb to the graph', () => {
    let stack: Stack;
    let tmdb: TmdbServer;
    const movies = Object.entries(oddMovies);
    const idOf = (movie: Movie) => String(movie.details.id);

    before(async () => {
      stack = running();
      tmdb = await startTmdbServer(movies.map(([, movie]) => movie));
    });
    after(() => tmdb.close());

    const ingest = (...ids: string[]) => stack.ingest(['movies', ...ids], { TMDB_BASE_URL: tmdb.baseUrl });

    function untilEqual(movie: Movie): Promise<void> {
      return eventually(async () => {
        assert.deepEqual(await wholeMovie(stack.graphql, idOf(movie)), expectedMovie(movie));
      });
    }

    test("movies with the oddities of TMDb's responses are ingested without an error", async () => {
      const { code, summary } = await ingest(...movies.map(([, movie]) => idOf(movie)));
      assert.deepEqual(summary.failed, []);
      assert.equal(summary.films, movies.length);
      assert.equal(code, 0);
    });

    for (const [oddity, movie] of movies) {
      test(`is equal in the graph, field by field: ${oddity}`, () => untilEqual(movie));
    }

    test('a change at TMDb replaces the previous values', async () => {
      const movie = oddMovies['an ordinary movie'] as Movie;
      const changed: Movie = {
        details: {
          ...movie.details,
          title: 'Test movie, changed',
          tagline: '',
          genres: [{ id: 35, name: 'Comedy' }],
          vote_count: 1_235,
        },
        credits: { ...movie.credits, cast: movie.credits.cast.slice(3), crew: [] },
        reviews: movie.reviews.slice(1),
      };
      tmdb.movies.set(movie.details.id, changed);
      assert.equal((await ingest(idOf(movie))).code, 0);
      await untilEqual(changed);
    });

    test('a movie that TMDb deletes is deleted in every subgraph', async () => {
      const movie = oddMovies['one person twice in the cast and once in the crew'] as Movie;
      const id = idOf(movie);
      tmdb.movies.delete(movie.details.id);
      const { code, summary } = await ingest(id);
      assert.equal(code, 0);
      assert.deepEqual(summary.deleted, [movie.details.id]);
      await eventually(async () => {
        const { movie, person } = await stack.graphql<{
          movie: unknown;
          person: { filmography: { edges: { node: { movie: { id: string } | null } }[] } };
        }>(
          `query ($id: ID!) {
          movie(id: $id) { id }
          person(id: "8000000") { filmography(first: 100) { edges { node { movie { id } } } } }
        }`,
          { id },
        );
        assert.equal(movie, null);
        const theirs = person.filmography.edges.map(({ node }) => node.movie?.id);
        assert.ok(theirs.length > 0, 'the person keeps the parts in other movies');
        assert.ok(!theirs.includes(id) && !theirs.includes(undefined), 'no part in the movie that is gone');
      });
    });

    test('a part that cannot be fetched from TMDb is reported, and the others are ingested', async () => {
      const movie = oddMovies['bodies of before 2024'] as Movie;
      const broken = {
        ...movie,
        credits: undefined as never,
        details: { ...movie.details, title: 'Half a test movie' },
      };
      tmdb.movies.set(movie.details.id, broken);
      const { code, summary } = await stack.ingest(['movies', idOf(movie)], { TMDB_BASE_URL: tmdb.baseUrl });
      assert.equal(code, 1);
      assert.deepEqual(
        summary.failed.map(({ id, part }) => [id, part]),
        [[movie.details.id, 'credits']],
      );
      await untilEqual({ ...movie, details: broken.details });
    });
  });
}
