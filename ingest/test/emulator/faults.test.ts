import assert from 'node:assert/strict';
import { test } from 'node:test';
import { get, serveEmulator } from './emulator-server.ts';

test('beyond the rate it answers 429, with a Retry-After if so wanted', async (t) => {
  const base = await serveEmulator(t, { faults: { rate: 2, retryAfter: 3 } });
  const answers = [];
  for (let request = 0; request < 3; request += 1) answers.push(await get(`${base}/movie/7`));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 429],
  );
  assert.equal(answers[2]?.headers.get('retry-after'), '3');
  assert.equal(answers[2]?.body.status_code, 25);
  assert.equal(answers[2]?.body.status_message, 'Your request count (3) is over the allowed limit of 2.');
});

test('without a Retry-After there is no such header', async (t) => {
  const base = await serveEmulator(t, { faults: { rate: 1 } });
  await get(`${base}/movie/7`);
  const { status, headers } = await get(`${base}/movie/7`);
  assert.deepEqual([status, headers.get('retry-after')], [429, null]);
});

test('a share of the requests fails, and a share is reset', async (t) => {
  const dice = [0.05, 0.15, 0.5];
  const base = await serveEmulator(t, { faults: { resetRate: 0.1, failRate: 0.1, random: () => dice.shift() ?? 0 } });
  await assert.rejects(get(`${base}/movie/7`), (error: Error) => /ECONNRESET|socket|closed/.test(String(error.cause)));
  const failed = await get(`${base}/movie/7`);
  assert.deepEqual([failed.status, failed.body.status_code], [500, 11]);
  assert.equal((await get(`${base}/movie/7`)).status, 200);
});

test('latency comes before each answer', async (t) => {
  const base = await serveEmulator(t, { faults: { latencyMs: 120 } });
  const before = performance.now();
  await get(`${base}/movie/7`);
  assert.ok(performance.now() - before >= 115);
});
