import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { run } from '../command.ts';
import { admin } from '../emulator/emulator-server.ts';
import { entityOf } from '../infrastructure/queue-database.ts';
import { workEnvironment } from './work-environment.ts';

async function exportFile(t: TestContext, content: string | Buffer): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'marquee-export-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'movie_ids.json.gz');
  await writeFile(file, content);
  return file;
}

const line = (id: number, more: object = {}) =>
  JSON.stringify({ adult: false, id, original_title: 'A', popularity: id, video: false, ...more });

test('ingests the movies of the latest export; a second run requests none of them', async (t) => {
  const { log, env, pool } = await workEnvironment(t);
  const first = await run(t, ['backfill', '--json'], env);
  assert.equal(first.code, 0, first.stderr);
  const { seconds, ...summary } = JSON.parse(first.stdout);
  assert.ok(seconds > 0);
  assert.deepEqual(summary, {
    ...{ listed: 2, wanted: 2, added: 2, vanished: 0 },
    results: { published: 2, unchanged: 0, missing: 0, deleted: 0, failed: 0, released: 0 },
    ...{ deleted: [], failed: [], error: null, requests: 2, retries: 0 },
  });
  assert.equal((await log.events()).length, 8);
  assert.equal((await entityOf(pool, 'movie', 7)).state, 'fresh');
  assert.equal((await entityOf(pool, 'person', 31)).lane, 'new');
  const second = JSON.parse((await run(t, ['backfill', '--json'], env)).stdout);
  assert.deepEqual([second.added, second.requests], [0, 0]);
});

test('requests the wanted movies of a file, the most popular first', async (t) => {
  const { log, env, pool } = await workEnvironment(t);
  const file = await exportFile(t, gzipSync([line(7, { popularity: 1 }), line(8, { more: 1 }), line(9)].join('\n')));
  const { code, stdout } = await run(t, ['backfill', '--export', file, '--limit', '2', '--confirm-after', '1'], env);
  assert.equal(code, 0);
  assert.match(stdout, /^3 movies in the export, 2 wanted, 2 of them new, 0 vanished since the last export\n/);
  assert.match(stdout, /\n {2}1 deleted, because TMDb no longer has them: 9\n/);
  assert.deepEqual([...new Set((await log.events()).map(({ subject }) => subject))].sort(), ['8', '9']);
  assert.equal(await entityOf(pool, 'movie', 7), undefined);
  const status = JSON.parse((await run(t, ['status', '--json'], env)).stdout);
  assert.deepEqual(status.unknown, { count: 1, first: ['movie 9'] });
  const again = JSON.parse((await run(t, ['backfill', '--limit', '1', '--json'], env)).stdout);
  assert.equal(again.requests, 0);
});

test('an invalid export is refused with its line, before any work', async (t) => {
  const { env, pool } = await workEnvironment(t);
  const whole = gzipSync(Array.from({ length: 20_000 }, (_, index) => line(index + 1)).join('\n'));
  const cases: readonly [content: string | Buffer, message: RegExp][] = [
    [`${line(1)}\n${line(2)}\n{"id":`, /:3: it is not JSON/],
    [`${line(1)}\n{"adult":false}\n`, /:2: it has no id of TMDb/],
    [`${line(1)}\n\n${line(2)}`, /:2: it is empty/],
    ['', /:1: the file is empty/],
    [whole.subarray(0, whole.length / 2), /:\d{3,5}: the file is corrupt or truncated/],
    [Buffer.concat([whole.subarray(0, 500), Buffer.alloc(500), whole.subarray(1_000)]), /:\d+: .*(corrupt|JSON)/],
  ];
  for (const [content, message] of cases) {
    const { code, stdout, stderr } = await run(t, ['backfill', '--export', await exportFile(t, content)], env);
    assert.equal(code, 2, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, message);
    assert.match(stderr, /Nothing was queued\. \(INVALID_EXPORT\)\n$/);
  }
  const { rows } = await pool.query(
    'select (select count(*) from entities) + (select count(*) from export_ids) as count',
  );
  assert.deepEqual(rows, [{ count: 0 }]);
  const missing = await run(t, ['backfill', '--date', '2001-01-01'], env);
  assert.equal(missing.code, 2);
  assert.match(missing.stderr, /no export at .*movie_ids_01_01_2001\.json\.gz.*\(EXPORT_MISSING\)/);
});

test('a movie that vanishes from the export is deleted after two answers, and comes back with it', async (t) => {
  const { log, env, tmdb, pool } = await workEnvironment(t);
  const both = await exportFile(t, [line(7), line(8)].join('\n'));
  const one = await exportFile(t, line(8));
  const backfill = async (file: string) => {
    const { code, stdout, stderr } = await run(
      t,
      ['backfill', '--export', file, '--confirm-after', '1', '--json'],
      env,
    );
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout);
  };
  await backfill(both);
  assert.equal((await admin(tmdb, 'DELETE', '/movies/7')).status, 204);
  const gone = await backfill(one);
  assert.deepEqual([gone.vanished, gone.deleted, gone.results.missing], [1, [7], 1]);
  const tombstones = (await log.events()).filter(({ kind }) => kind === 'deleted');
  assert.equal(tombstones.length, 4);
  assert.deepEqual((await entityOf(pool, 'movie', 7)).hashes, {});
  assert.equal((await admin(tmdb, 'POST', '/movies/7/restore')).status, 204);
  const back = await backfill(both);
  assert.equal(back.results.published, 1);
});

test('a poison movie is reported, retried and does not stall the others', async (t) => {
  const { env } = await workEnvironment(t, { faults: { poisonRate: 0.5 }, seed: 3 });
  const many = Array.from({ length: 12 }, (_, index) => line(1_000 + index));
  const file = await exportFile(t, [line(7), line(8), ...many].join('\n'));
  const args = ['backfill', '--export', file, '--confirm-after', '0', '--retries', '0', '--json'];
  const { code, stdout, stderr } = await run(t, args, env);
  const summary = JSON.parse(stdout);
  t.diagnostic(stderr);
  assert.equal(code, 1);
  assert.ok(summary.failed.length > 0);
  assert.equal(summary.results.published + summary.deleted.length + summary.failed.length, 14);
  const status = JSON.parse((await run(t, ['status', '--json'], env)).stdout);
  assert.equal(status.failures[0].code, 'TMDB_FAILED');
  const retried = JSON.parse((await run(t, ['retry-failed', '--code', 'TMDB_FAILED', '--json'], env)).stdout);
  assert.equal(retried.queued, summary.failed.length);
});

test('a token that TMDb refuses stops at once and says where to get one', async (t) => {
  const { env, tmdb, pool } = await workEnvironment(t, { token: 'right' });
  const file = await exportFile(t, line(7));
  const { code, stderr } = await run(t, ['backfill', '--export', file], {
    ...env,
    TMDB_BASE_URL: tmdb,
    TMDB_TOKEN: 'wrong',
  });
  assert.equal(code, 3);
  assert.match(stderr, /https:\/\/www\.themoviedb\.org\/settings\/api \(TMDB_UNAUTHORIZED\)\n$/);
  const { state, attempts } = await entityOf(pool, 'movie', 7);
  assert.deepEqual([state, attempts], ['queued', 0]);
});

test('movies takes a version from the queue, records the result there, and a backfill requests none of them again', async (t) => {
  const { log, env, pool } = await workEnvironment(t);
  const { code, stderr } = await run(t, ['movies', '7', '99', '--json'], env);
  assert.equal(code, 0, stderr);
  const known = await entityOf(pool, 'movie', 7);
  assert.equal(known.state, 'fresh');
  assert.equal((await entityOf(pool, 'movie', 99)).state, 'absent');
  const versions = (await log.events()).filter(({ subject }) => subject === '7').map(({ observedAt }) => +observedAt);
  assert.deepEqual(new Set(versions), new Set([+known.version]));
  const { requests } = JSON.parse((await run(t, ['backfill', '--json'], env)).stdout);
  assert.equal(requests, 1);
  assert.deepEqual((await pool.query('select * from replicas')).rows, []);
});
