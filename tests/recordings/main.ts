import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { removeState, type Stack, startStack } from '../end-to-end/stack.ts';
import { bodyOf, expectedFilm } from '../tmdb/expected-film.ts';
import { withoutRow } from '../tmdb/field-coverage.ts';
import { leavesOf } from '../tmdb/field-paths.ts';
import { startTmdbServer, type TmdbServer } from '../tmdb/tmdb-server.ts';
import { wholeFilm } from '../tmdb/whole-film.ts';
import { recordedFilms } from './recorded-films.ts';
import { SharedFacts } from './shared-facts.ts';

/**
 * `npm run test:recordings -- FOLDER`: films as TMDb really answered, recorded into a folder by whoever has a token, go through the whole
 * stack and come out equal, field by field.
 */
const folder = process.argv[2];
if (folder === undefined) {
  process.stderr.write(
    'Usage: npm run test:recordings -- FOLDER (with movie/ID.json, movie/ID/credits.json, movie/ID/reviews.json)\n',
  );
  process.exit(2);
}
const films = await recordedFilms(path.resolve(process.env.INIT_CWD ?? '.', folder));
assert.ok(films.length > 0, `${folder} has recorded films`);

describe(`${films.length} recorded films`, { timeout: 600_000 }, () => {
  const shared = new SharedFacts();
  let stack: Stack;
  let tmdb: TmdbServer;

  before(async () => {
    for (const film of films) shared.learn(expectedFilm(film));
    tmdb = await startTmdbServer(films);
    stack = await startStack();
  });
  after(async () => {
    await stack.stop();
    await tmdb.close();
    await removeState(stack);
  });

  test('have no field that docs/tmdb-fields.md does not know', () => {
    const fields = new Set(films.flatMap((film) => [...leavesOf(bodyOf(film))]));
    assert.deepEqual(withoutRow(fields), []);
  });

  test('are ingested without an error', async () => {
    const ids = films.map(({ details }) => String(details.id));
    const { code, summary } = await stack.ingest(['movies', ...ids], { TMDB_BASE_URL: tmdb.baseUrl });
    assert.deepEqual(summary.failed, []);
    assert.equal(summary.films, films.length);
    assert.equal(code, 0);
  });

  for (const recorded of films) {
    const { details, credits, reviews } = recorded;
    const size = `${credits.cast.length} cast, ${credits.crew.length} crew, ${reviews.length} reviews`;
    test(`${details.id} ${details.title} (${size}) comes out equal`, () =>
      eventually(async () => {
        const film = await wholeFilm(stack.graphql, String(details.id));
        assert.deepEqual(shared.reduce(film), shared.reduce(expectedFilm(recorded)));
      }));
  }
});
