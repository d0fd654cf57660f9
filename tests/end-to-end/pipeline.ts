import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import type { Film } from '../tmdb/bodies.ts';
import { expectedFilm } from '../tmdb/expected-film.ts';
import { oddFilms } from '../tmdb/odd-films.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeFilm } from '../tmdb/whole-film.ts';
import type { Stack } from './stack.ts';

/** From TMDb's bodies through the event log and three databases to one answer, and out again. */
export function pipelineTests(running: () => Stack): void {
  describe('from TMDb to the graph', () => {
    let stack: Stack;
    let tmdb: TmdbServer;
    const films = Object.entries(oddFilms);
    const idOf = (film: Film) => String(film.details.id);

    before(async () => {
      stack = running();
      tmdb = await startTmdbServer(films.map(([, film]) => film));
    });
    after(() => tmdb.close());

    const ingest = (...ids: string[]) => stack.ingest(['movies', ...ids], { TMDB_BASE_URL: tmdb.baseUrl });

    function untilEqual(film: Film): Promise<void> {
      return eventually(async () => {
        assert.deepEqual(await wholeFilm(stack.graphql, idOf(film)), expectedFilm(film));
      });
    }

    test('films with the oddities of real answers are ingested without an error', async () => {
      const { code, summary } = await ingest(...films.map(([, film]) => idOf(film)));
      assert.deepEqual(summary.failed, []);
      assert.equal(summary.films, films.length);
      assert.equal(code, 0);
    });

    for (const [oddity, film] of films) {
      test(`comes out equal, field by field: ${oddity}`, () => untilEqual(film));
    }

    test('a change at TMDb replaces what was there', async () => {
      const film = oddFilms['an ordinary film'] as Film;
      const changed: Film = {
        details: {
          ...film.details,
          title: 'Test film, changed',
          tagline: '',
          genres: [{ id: 35, name: 'Comedy' }],
          vote_count: 1_235,
        },
        credits: { ...film.credits, cast: film.credits.cast.slice(3), crew: [] },
        reviews: film.reviews.slice(1),
      };
      tmdb.films.set(film.details.id, changed);
      assert.equal((await ingest(idOf(film))).code, 0);
      await untilEqual(changed);
    });

    test('a film that is gone from TMDb is gone from every subgraph', async () => {
      const film = oddFilms['one person twice in the cast and once in the crew'] as Film;
      const id = idOf(film);
      tmdb.films.delete(film.details.id);
      const { code, summary } = await ingest(id);
      assert.equal(code, 0);
      assert.deepEqual(summary.deleted, [film.details.id]);
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
        assert.ok(theirs.length > 0, 'the person keeps the parts in other films');
        assert.ok(!theirs.includes(id) && !theirs.includes(undefined), 'no part in the film that is gone');
      });
    });

    test('a part that TMDb does not give is reported by film, part and reason, and the rest arrives', async () => {
      const film = oddFilms['bodies of before 2024'] as Film;
      const broken = { ...film, credits: undefined as never, details: { ...film.details, title: 'Half a test film' } };
      tmdb.films.set(film.details.id, broken);
      const { code, summary } = await stack.ingest(['movies', idOf(film)], { TMDB_BASE_URL: tmdb.baseUrl });
      assert.equal(code, 1);
      assert.deepEqual(
        summary.failed.map(({ id, part }) => [id, part]),
        [[film.details.id, 'credits']],
      );
      await untilEqual({ ...film, details: broken.details });
    });
  });
}
