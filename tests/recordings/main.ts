import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { bodyOf, expectedMovie } from '../tmdb/expected-movie.ts';
import { withoutRow } from '../tmdb/field-coverage.ts';
import { leavesOf } from '../tmdb/field-paths.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeMovie } from '../tmdb/whole-movie.ts';
import { recordedMovies } from './recorded-movies.ts';
import { SharedFacts } from './shared-facts.ts';

/**
 * `npm run test:recordings -- FOLDER`: sends recorded responses of TMDb through the whole stack and compares the movies field by field.
 */
const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(
    'Usage: npm run test:recordings -- FOLDER (with movie/ID.json, movie/ID/credits.json, movie/ID/reviews.json)\n',
  );
  process.exit(2);
}
const movies = await recordedMovies(path.resolve(process.env.INIT_CWD ?? '.', folder));
assert.ok(movies.length > 0, `${folder} has recorded movies`);

describe(`${movies.length} recorded movies`, { timeout: 600_000 }, () => {
  const shared = new SharedFacts();
  let stack: Stack;
  let tmdb: TmdbServer;

  before(async () => {
    for (const movie of movies) shared.learn(expectedMovie(movie));
    tmdb = await startTmdbServer(movies);
    stack = await startStack();
  });
  after(async () => {
    await stack.stop();
    await tmdb.close();
    await removeState(stack);
  });

  test('have only fields of docs/tmdb-fields.md', () => {
    const fields = new Set(movies.flatMap((movie) => [...leavesOf(bodyOf(movie))]));
    assert.deepEqual(withoutRow(fields), []);
  });

  test('are ingested without an error', async () => {
    const ids = movies.map(({ details }) => String(details.id));
    const { code, summary } = await stack.ingest(['movies', ...ids], { TMDB_BASE_URL: tmdb.baseUrl });
    assert.deepEqual(summary.failed, []);
    assert.equal(summary.films, movies.length);
    assert.equal(code, 0);
  });

  for (const recorded of movies) {
    const { details, credits, reviews } = recorded;
    const size = `${credits.cast.length} cast, ${credits.crew.length} crew, ${reviews.length} reviews`;
    test(`${details.id} ${details.title} (${size}) is equal in the graph`, () =>
      eventually(async () => {
        const actual = await wholeMovie(stack.graphql, String(details.id));
        assert.deepEqual(shared.reduce(actual), shared.reduce(expectedMovie(recorded)));
      }));
  }
});
