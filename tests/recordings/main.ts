import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { bodyOf, expectedMovie } from '../tmdb/expected-movie.ts';
import { withoutPersonRow, withoutRow } from '../tmdb/field-coverage.ts';
import { leavesOf } from '../tmdb/field-paths.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeMovie } from '../tmdb/whole-movie.ts';
import { expectedPerson, wholePerson } from '../tmdb/whole-person.ts';
import { crediting } from './crediting.ts';
import { recordedMovies, recordedPersons } from './recorded-movies.ts';
import { SharedFacts } from './shared-facts.ts';

/**
 * `npm run test:recordings -- FOLDER`: sends recorded responses of TMDb through the whole stack and compares the movies field by field.
 */
const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(
    'Usage: npm run test:recordings -- FOLDER (with movie/ID.json, movie/ID/credits.json, movie/ID/reviews.json, and person/ID.json)\n',
  );
  process.exit(2);
}
const recordings = path.resolve(process.env.INIT_CWD ?? '.', folder);
const movies = await recordedMovies(recordings);
const persons = await recordedPersons(recordings);
assert.ok(movies.length > 0, `${folder} has recorded movies`);

describe(`${movies.length} recorded movies and ${persons.length} persons`, { timeout: 600_000 }, () => {
  const shared = new SharedFacts();
  let stack: Stack;
  let tmdb: TmdbServer;

  before(async () => {
    for (const movie of movies) shared.learn(expectedMovie(movie));
    tmdb = await startTmdbServer([...movies, crediting(persons)], persons);
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
    assert.deepEqual(withoutPersonRow(new Set(persons.flatMap((person) => [...leavesOf(person)]))), []);
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

  test('persons are ingested without an error', async (t) => {
    if (persons.length === 0) return t.diagnostic('no persons are recorded');
    const env = { TMDB_BASE_URL: tmdb.baseUrl };
    const movie = await stack.ingest(['movies', String(crediting(persons).details.id)], env);
    assert.equal(movie.code, 0);
    const { code, summary } = await stack.ingest(['persons', ...persons.map(({ id }) => String(id))], env);
    assert.deepEqual(summary.failed, []);
    assert.equal(code, 0);
  });

  for (const person of persons) {
    test(`${person.id} ${person.name} is equal in the graph`, () =>
      eventually(async () => {
        assert.deepEqual(await wholePerson(stack.graphql, String(person.id)), expectedPerson(person));
      }));
  }
});
