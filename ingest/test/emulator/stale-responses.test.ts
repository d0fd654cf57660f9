import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, get, serveEmulator } from './emulator-server.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');

test('after a change each URL has the previous content, with its ETag, for a time of its own', async (t) => {
  let now = NOON;
  const base = await serveEmulator(t, { now: () => now, faults: { staleSeconds: 100 } });
  const before = await get(`${base}/movie/7`);
  await admin(base, 'PATCH', '/movies/7', { facts: { title: 'Changed' }, cast: [] });
  const paths = ['', '/credits', '?append_to_response=credits', '?append_to_response=credits,reviews'];
  const isStale = async (path: string) => {
    const { body } = await get(`${base}/movie/7${path}`);
    return body.title === 'Älpha' || body.cast?.length === 2;
  };
  const ends = new Map<string, number>();
  for (let second = 0; second <= 101; second += 1) {
    now = NOON + second * 1_000;
    for (const path of paths) if (!ends.has(path) && !(await isStale(path))) ends.set(path, second);
  }
  t.diagnostic(`stale for ${[...ends.values()].join(', ')} s`);
  assert.equal(ends.size, paths.length);
  assert.ok(new Set(ends.values()).size > 1, 'parts of the movie disagree');
  for (const second of ends.values()) assert.ok(second > 50 && second <= 100, `${second}`);

  now = NOON + 1_000;
  const cached = await get(`${base}/movie/7`, { 'if-none-match': before.headers.get('etag') ?? '' });
  assert.equal(cached.status, 304);
  const { faults } = (await admin(base, 'GET', '/statistics')).body;
  assert.ok(faults.staleSeconds > 200);
  assert.deepEqual((await get(`${base}/movie/changes`)).body.results, [{ id: 7, adult: false }]);
});

test('a deleted movie is served for a time, and a new one and a restored one are not yet', async (t) => {
  let now = NOON;
  const base = await serveEmulator(t, { now: () => now });
  const status = async (path: string) => (await get(`${base}${path}`)).status;
  const { facts } = (await admin(base, 'PATCH', '/movies/7', {})).body;
  await admin(base, 'PATCH', '/faults', { staleSeconds: 60 });
  now += 3_600_000;
  await admin(base, 'DELETE', '/movies/7');
  await admin(base, 'PATCH', '/movies/9', { facts });
  await admin(base, 'PATCH', '/people/40', { name: 'Person 40', gender: 0 });
  assert.deepEqual([await status('/movie/7'), await status('/movie/9'), await status('/person/40')], [200, 404, 404]);
  now += 60_000;
  assert.deepEqual([await status('/movie/7'), await status('/movie/9'), await status('/person/40')], [404, 200, 200]);
  await admin(base, 'POST', '/movies/7/restore');
  assert.equal(await status('/movie/7'), 404);
  await admin(base, 'PATCH', '/faults', { staleSeconds: 0 });
  assert.equal(await status('/movie/7'), 200);
});
