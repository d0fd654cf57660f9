import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRateCounts } from '../../src/http/rate-counts.ts';

test('a window begins with the first counted request, and ends', (t) => {
  t.mock.timers.enable({ apis: ['Date'], now: 5_000 });
  const count = createRateCounts();
  assert.deepEqual(count('a', 1_000, false), { current: 0, ttl: 0 });
  assert.deepEqual(count('a', 1_000, true), { current: 1, ttl: 1_000 });
  t.mock.timers.tick(400);
  assert.deepEqual(count('a', 1_000, true), { current: 2, ttl: 600 });
  assert.deepEqual(count('a', 1_000, false), { current: 2, ttl: 600 });
  assert.deepEqual(count('b', 1_000, true), { current: 1, ttl: 1_000 });
  t.mock.timers.tick(600);
  assert.deepEqual(count('a', 1_000, true), { current: 1, ttl: 1_000 });
});
