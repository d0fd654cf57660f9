import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DRIFTING_FIELDS } from '../../src/emulator/schema-drift.ts';
import type { SecondCount } from '../../src/emulator/statistics.ts';
import { admin, get, serveEmulator } from './emulator-server.ts';

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

test('the rate starts again after a second, and the statistics count each second', async (t) => {
  const base = await serveEmulator(t, { faults: { rate: 1 } });
  const statuses = [];
  for (const pause of [0, 0, 1050]) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    statuses.push((await get(`${base}/movie/7`)).status);
  }
  assert.deepEqual(statuses, [200, 429, 200]);
  const { requests, statuses: counts, seconds } = (await admin(base, 'GET', '/statistics')).body;
  assert.deepEqual([requests, counts], [3, { 200: 2, 429: 1 }]);
  const sum = (name: 'accepted' | 'refused') =>
    seconds.reduce((total: number, second: SecondCount) => total + second[name], 0);
  assert.deepEqual([sum('accepted'), sum('refused')], [2, 1]);
});

test('a reset, a 500 and an HTML page', async (t) => {
  const reset = await serveEmulator(t, { faults: { resetRate: 1 } });
  await assert.rejects(get(`${reset}/movie/7`), (error: Error) => /ECONNRESET|socket|closed/.test(String(error.cause)));
  const failed = await get(`${await serveEmulator(t, { faults: { failRate: 1 } })}/movie/7`);
  assert.deepEqual([failed.status, failed.body.status_code], [500, 11]);
  const html = await get(`${await serveEmulator(t, { faults: { htmlRate: 1 } })}/movie/7`);
  assert.equal(html.status, 200);
  assert.match(html.text, /^<!doctype html>/);
});

test('truncated and invalid JSON', async (t) => {
  const whole = (await get(`${await serveEmulator(t)}/movie/7`)).text;
  for (const faults of [{ truncateRate: 1 }, { invalidRate: 1 }]) {
    const response = await fetch(`${await serveEmulator(t, { faults })}/movie/7`);
    assert.equal(response.status, 200);
    const text = await response.text();
    assert.throws(() => JSON.parse(text));
    if ('truncateRate' in faults) assert.ok(whole.startsWith(text) && text.length > 10);
  }
});

test('a hanging request is never answered, and does not hold up the end of the process', async (t) => {
  const base = await serveEmulator(t, { faults: { hangRate: 1 } });
  await assert.rejects(fetch(`${base}/movie/7`, { signal: AbortSignal.timeout(300) }), { name: 'TimeoutError' });
});

test('drift changes only the fields that it names, and adds others', async (t) => {
  const path = '/movie/7?append_to_response=credits';
  const { body } = await get(`${await serveEmulator(t)}${path}`);
  const drifted = (await get(`${await serveEmulator(t, { faults: { driftRate: 1 } })}${path}`)).body;
  assert.equal(drifted.x_new_flag, true);
  assert.equal(drifted.softcore, undefined);
  for (const field of Object.keys(body).filter((name) => !(DRIFTING_FIELDS as readonly string[]).includes(name))) {
    const value = Array.isArray(drifted[field])
      ? drifted[field].filter((entry: unknown) => entry !== null)
      : drifted[field];
    assert.deepEqual(value, body[field], field);
  }
});

test('faults depend on seed, URL and try, and not on the order of requests', async (t) => {
  const ids = Array.from({ length: 60 }, (_, index) => index + 1);
  async function statuses(order: readonly number[], seed: number) {
    const base = await serveEmulator(t, { seed, faults: { failRate: 0.3 } });
    const found = new Map<number, number[]>();
    for (const id of order)
      found.set(id, [(await get(`${base}/person/${id}`)).status, (await get(`${base}/person/${id}`)).status]);
    return ids.map((id) => found.get(id));
  }
  const first = await statuses(ids, 5);
  assert.deepEqual(await statuses(ids.toReversed(), 5), first);
  assert.notDeepEqual(await statuses(ids, 6), first);
  const failures = first.flat().filter((status) => status === 500).length;
  assert.ok(failures > 15 && failures < 60, `${failures}`);
});

test('a poisoned movie fails for ever', async (t) => {
  const base = await serveEmulator(t, { faults: { poisonRate: 1 } });
  for (let tries = 0; tries < 3; tries += 1) assert.equal((await get(`${base}/movie/7/credits`)).status, 500);
  assert.equal((await get(`${base}/configuration`)).status, 200);
});

test('latency comes before each answer', async (t) => {
  const base = await serveEmulator(t, { faults: { latency: { min: 120, max: 140 } } });
  const before = performance.now();
  await get(`${base}/movie/7`);
  assert.ok(performance.now() - before >= 115);
});

test('connections beyond the maximum of an address are reset', async (t) => {
  const base = await serveEmulator(t, { faults: { maxConnections: 2, latency: { min: 200, max: 200 } } });
  const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => get(`${base}/movie/7`)));
  assert.deepEqual(outcomes.map(({ status }) => status).sort(), ['fulfilled', 'fulfilled', 'rejected', 'rejected']);
});
