import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRetryAfter, retryDelay } from '../../src/infrastructure/retry-delay.ts';

const NOW = new Date('2026-01-02T03:04:05Z');

test('the back-off doubles up to its bound, and jitter takes all of it', () => {
  const longest = [0, 1, 2, 3, 4, 5, 6, 20].map((retries) => retryDelay(retries, undefined, 1));
  assert.deepEqual(longest, [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
  assert.equal(retryDelay(4, undefined, 0), 0);
  assert.equal(retryDelay(4, undefined, 0.5), 4000);
});

test('a server that says when to come back is taken at its word, up to a minute', () => {
  assert.equal(retryDelay(5, 3000, 0), 3000);
  assert.equal(retryDelay(0, 3_600_000, 0), 60_000);
  const spread = retryDelay(0, 3000, 0.9);
  assert.ok(spread > 3000 && spread < 3500);
  assert.equal(retryDelay(4, 0, 0.5), 4000);
});

test('Retry-After is seconds or an HTTP date', () => {
  assert.equal(parseRetryAfter('7', NOW), 7000);
  assert.equal(parseRetryAfter('0', NOW), 0);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:04:15 GMT', NOW), 10_000);
  assert.equal(parseRetryAfter('Fri, 02 Jan 2026 03:04:00 GMT', NOW), 0);
});

test('a Retry-After that is neither counts as none', () => {
  for (const header of [undefined, '', 'soon', '-1', '1.5', '2026-01-02'])
    assert.equal(parseRetryAfter(header, NOW), undefined);
});
