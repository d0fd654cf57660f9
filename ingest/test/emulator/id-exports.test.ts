import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createSyntheticCatalogue } from '../../src/emulator/synthetic-catalogue.ts';
import { admin, serveEmulator } from './emulator-server.ts';

const NOON = Date.parse('2026-03-20T12:00:00Z');

async function lines(base: string, file: string) {
  const response = await fetch(new URL(`/p/exports/${file}`, base));
  assert.equal(response.status, 200, file);
  const text = gunzipSync(await response.bytes()).toString('utf8');
  assert.ok(text.endsWith('\n'));
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('the day’s exports follow the catalogue', async (t) => {
  const base = await serveEmulator(t, { now: () => NOON });
  assert.deepEqual(await lines(base, 'movie_ids_03_20_2026.json.gz'), [
    { adult: false, id: 7, original_title: 'Älpha', popularity: 5, video: false },
    { adult: false, id: 8, original_title: 'Bêta', popularity: 9, video: false },
  ]);
  assert.deepEqual(
    (await lines(base, 'person_ids_03_20_2026.json.gz')).map(({ id, name }) => [id, name]),
    [
      [31, 'Anna A'],
      [32, 'Bo B'],
      [33, 'Cy C'],
    ],
  );
  await admin(base, 'DELETE', '/movies/7');
  await admin(base, 'DELETE', '/people/33');
  assert.deepEqual(
    (await lines(base, 'movie_ids_03_20_2026.json.gz')).map(({ id }) => id),
    [8],
  );
  assert.equal((await lines(base, 'person_ids_03_19_2026.json.gz')).length, 2);
});

test('there is none before 8 o’clock, for other days, or of other kinds', async (t) => {
  let now = NOON;
  const base = await serveEmulator(t, { now: () => now });
  const status = async (file: string) => (await fetch(new URL(`/p/exports/${file}`, base))).status;
  assert.equal(await status('movie_ids_12_21_2025.json.gz'), 200);
  for (const file of [
    'movie_ids_12_20_2025.json.gz',
    'movie_ids_03_21_2026.json.gz',
    'movie_ids_13_40_2026.json.gz',
    'tv_series_ids_03_20_2026.json.gz',
    'movie_ids.json.gz',
  ])
    assert.equal(await status(file), 404, file);
  now = Date.parse('2026-03-20T07:59:00Z');
  assert.equal(await status('movie_ids_03_20_2026.json.gz'), 404);
  assert.equal(await status('movie_ids_03_19_2026.json.gz'), 200);
});

test('an export of many movies holds each id once, in ascending order', async (t) => {
  const base = await serveEmulator(t, { catalogue: createSyntheticCatalogue(5_000, 2), now: () => NOON });
  const ids = (await lines(base, 'movie_ids_03_20_2026.json.gz')).map(({ id }) => id);
  assert.equal(ids.length, 5_000);
  assert.ok(ids.every((id, index) => index === 0 || id > ids[index - 1]));
});
