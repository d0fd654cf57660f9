import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { run, start } from '../command.ts';
import { serveHttp } from '../http-server.ts';
import { entityOf } from '../infrastructure/queue-database.ts';
import { workEnvironment } from './work-environment.ts';

const EXPORT = [7, 8].map((id) => JSON.stringify({ id, popularity: id })).join('\n');

/** A server of exports that counts the downloads. @param isHeld holds the end of an export back by the number of its download */
async function serveExports(t: TestContext, isHeld: (download: number) => boolean = () => false) {
  const downloads: string[] = [];
  const { url } = await serveHttp(t, ({ path }, response) => {
    downloads.push(path);
    response.writeHead(200, { 'content-type': 'application/gzip' });
    if (isHeld(downloads.length)) response.write(EXPORT);
    // Slow, so that a second replica would begin its own download meanwhile.
    else setTimeout(() => response.end(EXPORT), 2_000);
  });
  return { url, downloads };
}

test('of two replicas one downloads the export, and both work on its movies', async (t) => {
  const { url, downloads } = await serveExports(t);
  const { env, pool } = await workEnvironment(t);
  const replicas = [1, 2].map(() => start(t, ['sync'], { ...env, TMDB_EXPORT_URL: url, PORT: '0' }));
  await Promise.all(replicas.map((replica) => replica.says(/"msg":"listening"/)));
  await eventually(async () => assert.equal((await entityOf(pool, 'movie', 7))?.state, 'fresh'));
  await eventually(async () => assert.deepEqual((await pool.query('select * from claims')).rows, []));
  for (const replica of replicas) {
    replica.kill('SIGTERM');
    assert.equal((await replica.ended).code, 0);
  }
  assert.equal(downloads.length, 1);
});

test('the export of a replica that dies is compared by another one', async (t) => {
  const { url, downloads } = await serveExports(t, (download) => download === 1);
  const { env, pool } = await workEnvironment(t);
  const settings = { ...env, TMDB_EXPORT_URL: url, PORT: '0' };
  const first = start(t, ['sync'], settings);
  await eventually(async () => assert.equal(downloads.length, 1));
  start(t, ['sync'], settings);
  await eventually(async () => assert.equal((await pool.query('select * from replicas')).rowCount, 2));
  first.kill('SIGKILL');
  const killed = performance.now();
  await eventually(async () => assert.equal((await entityOf(pool, 'movie', 7))?.state, 'fresh'), 90_000);
  t.diagnostic(`its movies were ingested ${Math.round((performance.now() - killed) / 1_000)} s after it was killed`);
  assert.equal(downloads.length, 2);
});

test('sync compares no export that a backfill with the same choice of movies has compared', async (t) => {
  const { url, downloads } = await serveExports(t);
  const { env } = await workEnvironment(t);
  const settings = { ...env, TMDB_EXPORT_URL: url };
  assert.equal((await run(t, ['backfill', '--limit', '1'], settings)).code, 0);
  assert.equal(downloads.length, 1);
  for (const [limit, expected] of [
    ['1', 1],
    ['2', 2],
  ] as const) {
    const sync = start(t, ['sync', '--limit', limit], { ...settings, PORT: '0' });
    await sync.says(/"msg":"listening"/);
    const cursors = async () => JSON.parse((await run(t, ['status', '--json'], env)).stdout).cursors;
    await eventually(async () => assert.ok((await cursors())[`census (at most ${limit})`]));
    sync.kill('SIGTERM');
    assert.equal((await sync.ended).code, 0);
    assert.equal(downloads.length, expected);
  }
});
