import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MarqueeError } from '@marquee/runtime/errors';
import { type Signs, supervise } from '../src/supervise.ts';
import { testLogger } from './postgres-fixture.ts';

const outage = new MarqueeError('EVENT_LOG_UNREACHABLE', 'away', { retryable: true });
const crash = new MarqueeError('EVENT_LOG_FORBIDDEN', 'forbidden');

/** Runs work that ends with one reason after the other, and then waits for `closing`. */
function start(reasons: readonly unknown[], signs: (signs: Signs, run: number) => void = () => {}) {
  const closing = new AbortController();
  const startedAt: number[] = [];
  const waiting = Promise.withResolvers<void>();
  const ended = supervise({
    name: 'the work',
    logger: testLogger(),
    closing: closing.signal,
    toError: (reason) => reason as MarqueeError,
    run: async (given) => {
      startedAt.push(Date.now());
      signs(given, startedAt.length);
      const reason = reasons[startedAt.length - 1];
      if (reason !== undefined) return reason;
      waiting.resolve();
      await new Promise((resolve) => closing.signal.addEventListener('abort', resolve));
      return undefined;
    },
  });
  return { startedAt, waiting: waiting.promise, ended, closing };
}

describe('supervise', { concurrency: true, timeout: 60_000 }, () => {
  it('restarts after an outage for as long as it lasts, at most about a second after the last attempt', async () => {
    const { startedAt, waiting, ended, closing } = start(Array.from({ length: 9 }, () => outage));
    await waiting;
    const pauses = startedAt.slice(1).map((at, n) => at - (startedAt[n] as number));
    assert.ok((pauses.at(-1) as number) >= 1_000 && (pauses.at(-1) as number) < 5_000, String(pauses));
    closing.abort();
    assert.equal(await ended, undefined);
  });

  it('gives up after five restarts, with the error of the last crash', async () => {
    const { startedAt, ended } = start(Array.from({ length: 7 }, () => crash));
    const error = await ended;
    assert.equal(startedAt.length, 6);
    assert.deepEqual([error?.code, error?.exitCode, error?.cause], ['CRASHED', 5, crash]);
    assert.match(error?.message ?? '', /the work .* forbidden/);
  });

  it('counts crashes since the last progress only, and no outages', async () => {
    const reasons = [crash, crash, crash, outage, outage, crash, crash, crash, crash];
    const { startedAt, waiting, closing, ended } = start(reasons, (signs, run) => run === 4 && signs.progressed());
    await Promise.race([waiting, ended]);
    assert.equal(startedAt.length, 10);
    closing.abort();
    assert.equal(await ended, undefined);
  });

  it('ends during a pause when it is closed', async () => {
    const { startedAt, ended, closing } = start([crash]);
    closing.abort();
    assert.equal(await ended, undefined);
    assert.equal(startedAt.length, 1);
  });
});
