import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, serveEmulator } from './emulator-server.ts';

test('with a token set, requests must show it in one of two ways', async (t) => {
  const base = await serveEmulator(t, { token: 'right' });
  assert.equal((await get(`${base}/movie/7`, { authorization: 'Bearer right' })).status, 200);
  assert.equal((await get(`${base}/movie/7?api_key=right`)).status, 200);
  for (const answer of [
    await get(`${base}/movie/7`),
    await get(`${base}/movie/7`, { authorization: 'Bearer wrong' }),
    await get(`${base}/movie/7?api_key=`),
    await get(`${base}/nothing`),
  ]) {
    assert.deepEqual([answer.status, answer.body.status_code, answer.body.success], [401, 7, false]);
  }
});

test('it lives and is ready like every process, whatever the faults', async (t) => {
  const base = await serveEmulator(t, { token: 'right', faults: { failRate: 1 } });
  assert.equal((await get(new URL('/readyz', base).href)).status, 200);
});
