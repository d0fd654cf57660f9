import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSyntheticCatalogue } from '../../src/emulator/synthetic-catalogue.ts';
import { admin, get, serveEmulator } from './emulator-server.ts';

const DAY = 86_400_000;
const NOON = Date.parse('2026-03-20T12:00:00Z');

test('a change, a deletion and a return are served at once and are in the changes', async (t) => {
  const base = await serveEmulator(t);
  const changed = async () =>
    (await get(`${base}/movie/changes`)).body.results.map(({ id }: { id: number }) => id).sort();
  assert.deepEqual(await changed(), []);
  assert.equal((await admin(base, 'PATCH', '/movies/7', { facts: { title: 'Omega' } })).status, 200);
  const movie = (await get(`${base}/movie/7`)).body;
  assert.deepEqual([movie.title, movie.revenue], ['Omega', 12]);
  assert.equal((await get(`${base}/movie/7/credits`)).body.cast.length, 2);
  assert.deepEqual(await changed(), [7]);
  assert.equal((await admin(base, 'DELETE', '/movies/8')).status, 204);
  assert.equal((await get(`${base}/movie/8`)).status, 404);
  assert.equal((await get(`${base}/movie/popular`)).body.total_results, 1);
  assert.deepEqual(await changed(), [7, 8]);
  assert.equal((await admin(base, 'DELETE', '/movies/8')).status, 404);
  assert.equal((await admin(base, 'POST', '/movies/8/restore')).status, 204);
  assert.equal((await get(`${base}/movie/8`)).body.title, 'Beta');
  assert.equal((await get(`${base}/movie/popular`)).body.total_results, 2);
});

test('lists of a movie can be replaced, and a new movie and person be added', async (t) => {
  const base = await serveEmulator(t);
  const person = { name: 'Person 40', gender: 0, facts: { biography: 'A life.' } };
  assert.equal((await admin(base, 'PATCH', '/people/40', person)).status, 200);
  assert.equal((await get(`${base}/person/40`)).body.biography, 'A life.');
  const cast = [{ personId: 40, character: 'Newcomer', order: 0 }];
  assert.equal((await admin(base, 'PATCH', '/movies/7', { cast })).status, 200);
  const { facts } = (await admin(base, 'PATCH', '/movies/7', {})).body;
  assert.equal((await admin(base, 'PATCH', '/movies/9', { facts, cast })).status, 200);
  for (const id of [7, 9]) assert.equal((await get(`${base}/movie/${id}/credits`)).body.cast[0].name, 'Person 40');
  assert.deepEqual((await get(`${base}/person/changes`)).body.results, [{ id: 40, adult: false }]);
});

test('an invalid change is refused with its reason and changes nothing', async (t) => {
  const base = await serveEmulator(t);
  for (const [path, body, reason] of [
    ['/movies/7', { facts: { titel: 'x' } }, /titel/],
    ['/movies/7', { cast: [{ personId: 99, character: '', order: 0 }] }, /no person 99/],
    ['/movies/9', { facts: { title: 'Incomplete' } }, /facts/],
    ['/movies/seven', {}, /number/],
    ['/people/41', { name: 'No gender' }, /gender/],
    ['/faults', { failRate: 2 }, /failRate/],
    ['/faults', { failRate: 0.6, resetRate: 0.6 }, /more than 1/],
  ] as const) {
    const { status, body: answer } = await admin(base, 'PATCH', path, body);
    assert.equal(status, 400, path);
    assert.match(answer.error, reason);
  }
  assert.equal((await get(`${base}/movie/changes`)).body.total_results, 0);
});

test('without admin there are no such routes', async (t) => {
  const base = await serveEmulator(t, { admin: false });
  assert.equal((await fetch(new URL('/emulator/movies/7', base), { method: 'DELETE' })).status, 404);
  assert.equal((await get(`${base}/movie/7`)).status, 200);
});

test('faults change while it runs, and statistics start again', async (t) => {
  const base = await serveEmulator(t);
  assert.equal((await admin(base, 'PATCH', '/faults', { failRate: 1 })).body.failRate, 1);
  assert.equal((await get(`${base}/movie/7`)).status, 500);
  assert.deepEqual((await admin(base, 'GET', '/statistics')).body.faults, { failRate: 1 });
  await admin(base, 'PATCH', '/faults', { failRate: 0, rate: 1 });
  assert.equal((await admin(base, 'DELETE', '/statistics')).status, 204);
  await get(`${base}/movie/7`);
  assert.equal((await get(`${base}/movie/7`)).status, 429);
  assert.equal((await admin(base, 'GET', '/statistics')).body.requests, 2);
});

test('changes are selected by whole days, the end included, and by the last 24 hours without', async (t) => {
  let now = NOON - 2 * DAY;
  const base = await serveEmulator(t, { now: () => now });
  await admin(base, 'PATCH', '/movies/7', { facts: { title: 'Earlier' } });
  now = NOON;
  await admin(base, 'PATCH', '/movies/8', { facts: { title: 'Later' } });
  const ids = async (query: string) =>
    (await get(`${base}/movie/changes${query}`)).body.results.map(({ id }: { id: number }) => id).sort();
  assert.deepEqual(await ids(''), [8]);
  assert.deepEqual(await ids('?start_date=2026-03-18'), [7, 8]);
  assert.deepEqual(await ids('?start_date=2026-03-18&end_date=2026-03-18'), [7]);
  assert.deepEqual(await ids('?start_date=2026-03-06&end_date=2026-03-20'), [7, 8]);
  for (const query of [
    '?start_date=2026-03-05&end_date=2026-03-20',
    '?start_date=2026-03-20&end_date=2026-03-19',
    '?start_date=x',
    '?start_date=2026-02-31T00:00:00Z',
  ]) {
    const { status, body } = await get(`${base}/movie/changes${query}`);
    assert.deepEqual([status, body.status_code], [400, 20], query);
  }
  const { status, body } = await get(`${base}/movie/changes?page=501`);
  assert.deepEqual([status, body.status_code], [400, 22]);
});

test('changes come 100 a page, each id once', async (t) => {
  const catalogue = createSyntheticCatalogue(400, 3);
  const base = await serveEmulator(t, { catalogue });
  const ids = [...catalogue.movies.keys()].slice(0, 230);
  for (const id of ids) await admin(base, 'PATCH', `/movies/${id}`, { facts: { tagline: 'Changed' } });
  const pages = await Promise.all(
    [1, 2, 3].map(async (page) => (await get(`${base}/movie/changes?page=${page}`)).body),
  );
  assert.deepEqual(
    pages.map(({ results, total_pages, total_results }) => [results.length, total_pages, total_results]),
    [
      [100, 3, 230],
      [100, 3, 230],
      [30, 3, 230],
    ],
  );
  assert.deepEqual(new Set(pages.flatMap(({ results }) => results.map(({ id }: { id: number }) => id))), new Set(ids));
});
