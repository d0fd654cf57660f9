import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@marquee/runtime/logger';
import { createSharedRequestRate } from '../../src/infrastructure/shared-request-rate.ts';
import { json, serveHttp } from '../http-server.ts';
import { queueDatabase } from './queue-database.ts';

const PROGRAM = fileURLToPath(new URL('rate-program.ts', import.meta.url));

/** A server that accepts `limit.perSecond` requests in any second, and keeps the times of all. */
async function limited(t: TestContext, limit: { perSecond: number }, headers: Record<string, string> = {}) {
  const accepted: number[] = [];
  const refused: number[] = [];
  const { url } = await serveHttp(t, (_seen, response) => {
    const now = performance.now();
    const first = accepted.findIndex((time) => time > now - 1_000);
    const inWindow = first === -1 ? 0 : accepted.length - first;
    if (inWindow < limit.perSecond) {
      accepted.push(now);
      json(response, {});
    } else {
      refused.push(now);
      json(response, { status_code: 25 }, 429, headers);
    }
  });
  return { url, accepted, refused };
}

function startReplica(t: TestContext, url: string, limit: number, databaseUrl: string) {
  const child = spawn(process.execPath, [PROGRAM, url, String(limit)], {
    env: { PATH: process.env.PATH ?? '', DATABASE_URL: databaseUrl },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  return async () => {
    child.kill('SIGTERM');
    const [code] = await ended;
    assert.equal(code, 0);
  };
}

async function untilFirst(times: readonly number[]): Promise<void> {
  while (times.length === 0) await sleep(10);
}

test('two replicas together use one limit', async (t) => {
  const { env } = await queueDatabase(t);
  const { url, accepted, refused } = await limited(t, { perSecond: 40 });
  const stops = [1, 2].map(() => startReplica(t, url, 40, env.DATABASE_URL));
  await untilFirst(accepted);
  await sleep(2_000);
  const start = { accepted: accepted.length, time: performance.now(), refused: refused.length };
  await sleep(10_000);
  const perSecond = ((accepted.length - start.accepted) * 1_000) / (performance.now() - start.time);
  t.diagnostic(`${perSecond.toFixed(2)} requests per second of 40, ${refused.length - start.refused} refused`);
  // Replicas and server share the machine with other tests; docs/decisions/0030-rate-governor.md has the figures of idle cores.
  assert.ok(perSecond >= 0.6 * 40, `${perSecond} per second`);
  assert.ok(refused.length - start.refused <= 8, `${refused.length - start.refused} refused`);
  await Promise.all(stops.map((stop) => stop()));
});

for (const [what, headers] of [
  ['without a Retry-After', {}],
  ['with a Retry-After', { 'retry-after': '1' }],
] as const) {
  test(`a limit that falls from 40 to 10 is exceeded for at most 2 s, ${what}, and the rate recovers`, async (t) => {
    const { env } = await queueDatabase(t);
    const limit = { perSecond: 40 };
    const { url, accepted, refused } = await limited(t, limit, headers);
    const stop = startReplica(t, url, 40, env.DATABASE_URL);
    await untilFirst(accepted);
    await sleep(2_000);
    limit.perSecond = 10;
    const lowered = performance.now();
    await sleep(8_000);
    const late = refused.filter((time) => time > lowered + 2_000).length;
    const rest = accepted.filter((time) => time > lowered + 3_000).length / 5;
    t.diagnostic(`${refused.length} refused, ${late} later than 2 s; then ${rest} per second`);
    assert.ok(late <= 5, `${late} refused later than 2 s`);
    assert.ok(rest > 3, `${rest} per second`);
    limit.perSecond = 40;
    await sleep(15_000);
    const recovered = accepted.filter((time) => time > performance.now() - 2_000).length / 2;
    t.diagnostic(`${recovered} per second 15 s after the limit has risen`);
    assert.ok(recovered > 12, `${recovered} per second`);
    await stop();
  });
}

test('urgent requests go before those that wait, in their order', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const { replica } = await join();
  const stop = new AbortController();
  const logger = createLogger('test', 'silent');
  const rate = await createSharedRequestRate({ pool, replica: replica.id, limit: 20, logger, stop: stop.signal });
  const order: string[] = [];
  const turn = async (name: string, isUrgent: boolean) => {
    await rate.turn(isUrgent);
    order.push(name);
  };
  const waiting = Array.from({ length: 15 }, () => turn('waiting', false));
  await Promise.all([turn('urgent 1', true), turn('urgent 2', true)]);
  await Promise.all(waiting);
  assert.deepEqual(order.slice(0, 3).sort(), ['urgent 1', 'urgent 2', 'waiting'].sort());
  assert.ok(order.indexOf('urgent 1') < order.indexOf('urgent 2'));
  assert.equal(order.length, 17);
});
