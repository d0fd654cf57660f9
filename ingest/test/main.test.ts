import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { testBroker } from '@marquee/local-services/kafka';
import { run, start } from './command.ts';
import { get, serveEmulator } from './emulator/emulator-server.ts';
import { SMALL_CATALOGUE, withLine } from './emulator/small-catalogue.ts';
import { json, serveHttp } from './http-server.ts';
import { testEventLog } from './test-event-log.ts';
import { CREW_MEMBER, MOVIE, PERSON } from './tmdb-samples.ts';

async function catalogueFile(t: TestContext, text: string): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'marquee-catalogue-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'movies.ndjson');
  await writeFile(file, text);
  return file;
}

test('movies: success is exit code 0 and one JSON object on stdout', async (t) => {
  const log = await testEventLog(t);
  const env = { EVENT_LOG_URL: log.url, TMDB_EMULATOR_URL: await serveEmulator(t) };
  const { code, stdout, stderr } = await run(t, ['movies', '7', '8', '7', '99', '--json'], env);
  assert.equal(code, 0, stderr);
  assert.equal(stderr, '');
  const { seconds, ...summary } = JSON.parse(stdout);
  assert.ok(seconds > 0);
  assert.deepEqual(summary, {
    films: 3,
    published: {
      'marquee.movie-details.v1': 2,
      'marquee.movie-media.v1': 2,
      'marquee.movie-credits.v1': 2,
      'marquee.movie-ratings.v1': 2,
    },
    deleted: [],
    unknown: [99],
    failed: [],
    omitted: { count: 0, first: [] },
    notStarted: [],
    counts: { deleted: 0, unknown: 1, failed: 0, notStarted: 0 },
    error: null,
    requests: 10,
    retries: 0,
  });
  assert.equal((await log.events()).length, 12);
});

test('movies: with Kafka too, only published movies are deleted', async (t) => {
  const { brokers } = await testBroker();
  const movies = new Set([7, 8, 9]);
  const { url } = await serveHttp(t, ({ path }, response) => {
    const id = Number(path.split('/')[3]);
    if (!movies.has(id)) json(response, { status_code: 34, status_message: 'Not found.' }, 404);
    else if (path.endsWith('/credits')) json(response, { id, cast: [], crew: [] });
    else if (path.endsWith('/reviews')) json(response, { id, page: 1, results: [], total_pages: 0 });
    else json(response, { ...MOVIE, id });
  });
  const env = {
    KAFKA_BROKERS: brokers.join(','),
    KAFKA_TOPIC_PREFIX: `test-${randomBytes(4).toString('hex')}.`,
    TMDB_BASE_URL: `${url}/3`,
  };
  const ingest = async (...ids: string[]) => {
    const { code, stdout, stderr } = await run(t, ['movies', ...ids, '--json'], env);
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /cannot be distinguished/);
    return JSON.parse(stdout);
  };
  const first = await ingest('7', '8', '9', '99');
  assert.deepEqual([first.deleted, first.unknown], [[], [99]]);
  movies.delete(7);
  movies.delete(9);
  const second = await ingest('7', '8', '9', '98', '99');
  assert.deepEqual(
    [second.deleted.sort(), second.unknown.sort()],
    [
      [7, 9],
      [98, 99],
    ],
  );
  assert.deepEqual(second.counts, { deleted: 2, unknown: 2, failed: 0, notStarted: 0 });
  assert.deepEqual((await ingest('7')).unknown, [7]);
});

test('movies: failures are reported by id, part, code and reason, with exit code 1', async (t) => {
  const log = await testEventLog(t);
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/7') json(response, MOVIE);
    else if (path === '/movie/7/credits') json(response, { status_code: 34, status_message: 'Not found.' }, 404);
    else json(response, { page: 1, results: [], total_pages: 0 });
  });
  const env = { EVENT_LOG_URL: log.url, TMDB_BASE_URL: `${url}/` };
  const { code, stdout } = await run(t, ['movies', '7'], env);
  assert.equal(code, 1);
  assert.match(stdout, /^1 movie in [\d.]+ s, 3 requests \(0 retried\)$/m);
  assert.match(stdout, /^ {2}marquee\.movie-details\.v1: 1 published$/m);
  assert.match(stdout, /^ {2}1 part failed:\n {4}7 credits: TMDb returned 404 .*\(TMDB_NOT_FOUND\)$/m);
  assert.equal((await log.events()).length, 3);
});

test('persons: publishes details, and lists those whom TMDb does not have', async (t) => {
  const log = await testEventLog(t);
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/3/person/31') json(response, { ...PERSON, birthday: '1950' });
    else json(response, { status_code: 34, status_message: 'Not found.' }, 404);
  });
  const env = { EVENT_LOG_URL: log.url, TMDB_BASE_URL: `${url}/3` };
  const [text, json_] = await Promise.all([
    run(t, ['persons', '31', '99', '31'], env),
    run(t, ['persons', '31', '99', '--json'], env),
  ]);
  assert.deepEqual([text.code, json_.code], [0, 0], text.stderr);
  assert.match(text.stdout, /^2 persons in /);
  assert.match(text.stdout, /^ {2}marquee\.person-details\.v1: 1 published$/m);
  assert.match(text.stdout, /^ {2}deleted, because TMDb does not have them: 99$/m);
  assert.match(text.stdout, /\/person\/31 birthday: it is not a date/);
  const { persons, published, absent, counts, error } = JSON.parse(json_.stdout);
  assert.deepEqual([persons, published, absent], [2, { 'marquee.person-details.v1': 1 }, [99]]);
  assert.deepEqual([counts, error], [{ absent: 1, failed: 0, notStarted: 0 }, null]);
});

test('movies: omissions are reported with their paths, and are no failure', async (t) => {
  const log = await testEventLog(t);
  const crew = Array.from({ length: 300 }, () => ({ ...CREW_MEMBER, id: null }));
  const { url } = await serveHttp(t, ({ path }, response) => {
    if (path === '/movie/7') json(response, { ...MOVIE, runtime: 'long' });
    else if (path === '/movie/7/credits') json(response, { id: 7, cast: [], crew: [...crew, CREW_MEMBER] });
    else json(response, { page: 1, results: [], total_pages: 0 });
  });
  const env = { EVENT_LOG_URL: log.url, TMDB_BASE_URL: url };
  const [people, json_] = await Promise.all([run(t, ['movies', '7'], env), run(t, ['movies', '7', '--json'], env)]);
  assert.deepEqual([people.code, json_.code], [0, 0]);
  assert.match(people.stdout, /^ {2}301 unusable values omitted from TMDb's responses:\n {4}\/movie\/7/m);
  assert.match(people.stdout, /\/movie\/7 runtime: /);
  const { omitted } = JSON.parse(json_.stdout);
  assert.deepEqual([omitted.count, omitted.first.length], [301, 100]);
  assert.match(json_.stderr, /"path":"crew\.0\.id"/);
  assert.ok(json_.stderr.trim().split('\n').length <= 101);
});

test('a path without the API deletes nothing, with exit code 3', async (t) => {
  const log = await testEventLog(t);
  const notFound = {
    success: false,
    status_code: 34,
    status_message: 'The resource you requested could not be found.',
  };
  const { url } = await serveHttp(t, (_seen, response) => json(response, notFound, 404));
  const TMDB_BASE_URL = `${url}/4`;
  const { code, stdout, stderr } = await run(t, ['movies', '7', '8', '--json'], {
    EVENT_LOG_URL: log.url,
    TMDB_BASE_URL,
  });
  assert.equal(code, 3);
  assert.match(stderr, /^ingest: TMDb's API is not at http.*\/4.*TMDB_BASE_URL.*\(TMDB_WRONG_ADDRESS\)\n$/);
  assert.deepEqual(JSON.parse(stdout).deleted, []);
  assert.deepEqual(await log.events(), []);
});

test('popular: ingests the movies of the existing pages', async (t) => {
  const log = await testEventLog(t);
  const env = { EVENT_LOG_URL: log.url, TMDB_BASE_URL: await serveEmulator(t) };
  const { code, stdout } = await run(t, ['popular', '--pages', '3', '--concurrency', '2', '--json'], env);
  assert.equal(code, 0);
  assert.equal(JSON.parse(stdout).films, 2);
});

test('invalid arguments are exit code 2 and one message, before any request', async (t) => {
  const cases: readonly [args: string[], message: RegExp][] = [
    [['movies', '603', 'x', '-1', '0', '1.5'], /Invalid ids: "x", "-1", "0", "1\.5" \(INVALID_ID\)/],
    [['movies'], /missing required argument 'ids'/],
    [['persons', 'nm31'], /A person's id is its TMDb number, such as 6384\. Invalid ids: "nm31"/],
    [['movies', '7', '--nope'], /unknown option '--nope'/],
    [['popular'], /'--pages <n>' not specified/],
    [['popular', '--pages', '501'], /from 1 to 500/],
    [['movies', '7', '--concurrency', '0'], /from 1 to 200/],
    [['emulator', '--fail-rate', '2'], /from 0 to 1/],
    [['nothing'], /unknown command 'nothing'/],
    [['movies', '7'], /TMDB_TOKEN.*TMDB_BASE_URL.*TMDB_EMULATOR_URL.*\(INVALID_CONFIG\)/],
  ];
  await Promise.all(
    cases.map(async ([args, message]) => {
      const { code, stdout, stderr } = await run(t, args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stdout, '');
    }),
  );
});

test('all configuration errors are reported, by variable', async (t) => {
  const env = { TMDB_BASE_URL: 'ftp://here', TMDB_EMULATOR_URL: 'nowhere', TMDB_TOKEN: 'two words', LOG_LEVEL: 'loud' };
  const { code, stderr } = await run(t, ['movies', '7'], env);
  assert.equal(code, 2);
  for (const variable of Object.keys(env)) assert.match(stderr, new RegExp(`^ {2}${variable}: must `, 'm'));
  assert.doesNotMatch(stderr, /two words/);
  const emulator = await run(t, ['emulator'], { LOG_LEVEL: 'loud', EMULATOR_PORT: 'none' });
  assert.equal(emulator.code, 2);
  assert.match(emulator.stderr, /EMULATOR_PORT: must .*LOG_LEVEL: must |LOG_LEVEL: must .*EMULATOR_PORT: must /);
});

test('without an event log, no request is sent to TMDb', async (t) => {
  const { url, seen } = await serveHttp(t, (_seen, response) => json(response, {}));
  const { code, stderr } = await run(t, ['movies', '7'], { TMDB_BASE_URL: url });
  assert.equal(code, 2);
  assert.match(stderr, /KAFKA_BROKERS.*EVENT_LOG_URL/);
  assert.deepEqual(seen, []);
});

test('an unavailable event log is exit code 3 and one message', { timeout: 60_000 }, async (t) => {
  const port = await freePort();
  const env = {
    TMDB_BASE_URL: await serveEmulator(t),
    EVENT_LOG_URL: `postgres://someone:secret@127.0.0.1:${port}/none`,
  };
  const { code, stdout, stderr } = await run(t, ['movies', '7', '--json'], env);
  assert.equal(code, 3);
  assert.match(stderr, new RegExp(`^ingest: .*127\\.0\\.0\\.1:${port}.*\\(EVENT_LOG_UNREACHABLE\\)\n$`));
  assert.doesNotMatch(stderr, /secret/);
  assert.equal(stdout, '');
});

test('an unavailable TMDb is exit code 3, with a summary of the movies not started', async (t) => {
  const log = await testEventLog(t);
  const env = { EVENT_LOG_URL: log.url, TMDB_BASE_URL: `http://127.0.0.1:${await freePort()}/3` };
  const { code, stdout, stderr } = await run(
    t,
    ['movies', '1', '2', '3', '--concurrency', '1', '--retries', '1', '--json'],
    env,
  );
  assert.equal(code, 3);
  assert.match(stderr, /^ingest: TMDb cannot be reached at http.*ECONNREFUSED.*\(TMDB_UNREACHABLE\)\n$/);
  const summary = JSON.parse(stdout);
  assert.equal(summary.error.code, 'TMDB_UNREACHABLE');
  assert.deepEqual(summary.notStarted, [2, 3]);
  assert.deepEqual(await log.events(), []);
});

test('a token that TMDb refuses is exit code 3, and is never shown', async (t) => {
  const log = await testEventLog(t);
  const env = {
    EVENT_LOG_URL: log.url,
    TMDB_BASE_URL: await serveEmulator(t, { token: 'right' }),
    TMDB_TOKEN: 'wrong-and-secret',
    LOG_LEVEL: 'trace',
  };
  const { code, stdout, stderr } = await run(t, ['movies', '7', '8', '--json'], env);
  assert.equal(code, 3);
  assert.match(
    stderr,
    /401 \(Invalid API key.*check TMDB_TOKEN; TMDb gives tokens at https:\/\/www\.themoviedb\.org\/settings\/api \(TMDB_UNAUTHORIZED\)/,
  );
  assert.doesNotMatch(stdout + stderr, /wrong-and-secret/);
});

test('Ctrl-C completes started requests and reports the others', async (t) => {
  const log = await testEventLog(t);
  const TMDB_BASE_URL = await serveEmulator(t, { faults: { latency: { min: 400, max: 400 } } });
  const proxy = await serveHttp(t, (seen, response) => {
    const query = seen.query.size > 0 ? `?${seen.query}` : '';
    fetch(`${TMDB_BASE_URL}${seen.path}${query}`).then(async (upstream) => {
      json(response, await upstream.json(), upstream.status);
    });
  });
  const args = ['movies', '7', '8', '--concurrency', '1', '--json'];
  const ingest = start(t, args, { EVENT_LOG_URL: log.url, TMDB_BASE_URL: proxy.url });
  while (proxy.seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  ingest.kill('SIGINT');
  const { code, stdout } = await ingest.ended;
  assert.equal(code, 1);
  const summary = JSON.parse(stdout);
  assert.deepEqual(summary.notStarted, [8]);
  assert.deepEqual(summary.published['marquee.movie-details.v1'], 1);
  const interrupted = summary.failed.map(({ id, part, code }: Record<string, unknown>) => [id, part, code]).sort();
  assert.deepEqual(interrupted, [
    [7, 'credits', 'INTERRUPTED'],
    [7, 'ratings', 'INTERRUPTED'],
  ]);
});

test('emulator: serves the sample by default and ends on SIGTERM', async (t) => {
  const emulator = start(t, ['emulator', '--port', '0']);
  const [, url] = await emulator.says(/"url":"(http:[^"]+\/3)"/);
  const { body } = await get(`${url}/movie/603`);
  assert.equal(body.title, 'The Matrix');
  emulator.kill('SIGTERM');
  assert.equal((await emulator.ended).code, 0);
});

test('emulator: port and token come from the environment too, the catalogue from an option', async (t) => {
  const file = await catalogueFile(t, SMALL_CATALOGUE.join('\n'));
  const env = { EMULATOR_PORT: '0', EMULATOR_TOKEN: 'right' };
  const emulator = start(t, ['emulator', '--catalogue', file], env);
  const [, url] = await emulator.says(/"url":"(http:[^"]+\/3)"/);
  assert.equal((await get(`${url}/movie/7`)).status, 401);
  assert.equal((await get(`${url}/movie/7?api_key=right`)).body.title, 'Älpha');
});

test('emulator: an invalid line is one message with its number and exit code 2, and nothing is served', async (t) => {
  const file = await catalogueFile(t, withLine(12, '["cast",99,"Nobody",0]'));
  const port = await freePort();
  const { code, stderr } = await run(t, ['emulator', '--catalogue', file, '--port', String(port)]);
  assert.equal(code, 2);
  assert.equal(stderr.trim().split('\n').length, 1);
  assert.ok(stderr.includes(`${file}:12: there is no person 99 above it`), stderr);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/3/movie/7`));
});

test('emulator: a port in use is reported with the variable that changes it', async (t) => {
  const port = await freePort();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  t.after(() => server.close());
  const { code, stderr } = await run(t, ['emulator', '--port', String(port)]);
  assert.equal(code, 2);
  assert.match(stderr, new RegExp(`Port ${port} is in use: set EMULATOR_PORT`));
});

test('catalogue check: reports the content of a file, or the line of its error', async (t) => {
  const good = await run(t, ['catalogue', 'check', await catalogueFile(t, SMALL_CATALOGUE.join('\n'))]);
  assert.equal(good.code, 0);
  assert.match(good.stdout, /: 2 movies, 3 people\n$/);
  const bad = await run(t, ['catalogue', 'check', await catalogueFile(t, withLine(2, '{'))]);
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /movies\.ndjson:2: the line is not JSON/);
});

test('help lists commands, options and variables, and is exit code 0', async (t) => {
  const [all, movies, emulator] = await Promise.all([
    run(t, ['--help']),
    run(t, ['movies', '--help']),
    run(t, ['emulator', '--help']),
  ]);
  assert.deepEqual([all.code, movies.code, emulator.code], [0, 0, 0]);
  for (const command of ['movies', 'popular', 'emulator', 'catalogue']) assert.match(all.stdout, new RegExp(command));
  for (const word of ['--json', '--concurrency', 'TMDB_TOKEN', 'EVENT_LOG_URL'])
    assert.match(movies.stdout, new RegExp(word));
  for (const word of ['--fail-rate', '--reset-rate', '--latency', '--rate', 'EMULATOR_TOKEN']) {
    assert.match(emulator.stdout, new RegExp(word));
  }
});
