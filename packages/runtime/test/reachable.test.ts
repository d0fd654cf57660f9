import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT, MarqueeError } from '../src/errors.ts';
import { createLogger } from '../src/logger.ts';
import { whenReachable } from '../src/reachable.ts';

const logger = createLogger('reachable-test', 'silent');
const away = () => new MarqueeError('DATABASE_UNREACHABLE', 'away', { exitCode: EXIT.unreachable });

/** Fails as often as told, and then resolves to how often it was called. */
function failing(times: number, error: () => Error) {
  let calls = 0;
  return async () => {
    calls += 1;
    if (calls <= times) throw error();
    return calls;
  };
}

test('what cannot be reached yet is waited for', async () => {
  assert.equal(await whenReachable({ seconds: 30, logger }, failing(1, away)), 2);
});

test('no time to wait is one attempt', async () => {
  const attempt = failing(1, away);
  await assert.rejects(whenReachable({ seconds: 0, logger }, attempt), { code: 'DATABASE_UNREACHABLE' });
  assert.equal(await attempt(), 2);
});

test('it is given up when the time is over', async () => {
  const begun = Date.now();
  await assert.rejects(whenReachable({ seconds: 1, logger }, failing(Number.POSITIVE_INFINITY, away)), { exitCode: 3 });
  assert.ok(Date.now() - begun >= 1_000);
});

test('another error is not waited out', async () => {
  const refused = () => new MarqueeError('DATABASE_AUTH_FAILED', 'wrong password', { exitCode: EXIT.usage });
  const attempt = failing(1, refused);
  await assert.rejects(whenReachable({ seconds: 30, logger }, attempt), { code: 'DATABASE_AUTH_FAILED' });
  assert.equal(await attempt(), 2);
});

test('a process that is to stop waits no longer', async () => {
  const controller = new AbortController();
  const waiting = whenReachable({ seconds: 30, logger, stopping: controller.signal }, failing(5, away));
  setTimeout(() => controller.abort(), 50);
  const begun = Date.now();
  await assert.rejects(waiting, { code: 'DATABASE_UNREACHABLE' });
  assert.ok(Date.now() - begun < 900);
});
