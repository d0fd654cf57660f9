import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, get, serveEmulator } from './emulator-server.ts';

test('a body has a weak ETag and a max-age, and a known one is not sent again until it changes', async (t) => {
  const base = await serveEmulator(t, { maxAge: 77 });
  const path = `${base}/movie/7?append_to_response=credits,reviews`;
  const first = await get(path);
  const etag = first.headers.get('etag') ?? '';
  assert.match(etag, /^W\/"[0-9a-f]{40}"$/);
  assert.equal(first.headers.get('cache-control'), 'public, max-age=77');
  const second = await get(path, { 'if-none-match': etag });
  assert.deepEqual([second.status, second.text, second.headers.get('etag')], [304, '', etag]);
  await admin(base, 'PATCH', '/movies/7', { reviews: [] });
  assert.equal((await get(path, { 'if-none-match': etag })).status, 200);
});

test('an error may not be cached', async (t) => {
  const { headers } = await get(`${await serveEmulator(t)}/movie/9`);
  assert.deepEqual([headers.get('etag'), headers.get('cache-control')], [null, null]);
});

test('a large body is compressed for those who accept it', async (t) => {
  const base = await serveEmulator(t);
  const path = `${base}/movie/7?append_to_response=credits`;
  const zipped = await fetch(path, { headers: { 'accept-encoding': 'gzip' } });
  const plain = await fetch(path, { headers: { 'accept-encoding': 'identity' } });
  assert.equal(zipped.headers.get('content-encoding'), 'gzip');
  assert.equal(plain.headers.get('content-encoding'), null);
  assert.deepEqual(await zipped.json(), await plain.json());
});
