import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LatencyCounts } from '../../src/subscriptions/latency-counts.ts';

it('percentiles are those of the counted latencies, to a tenth of a millisecond', () => {
  const counts = new LatencyCounts();
  for (let ms = 1; ms <= 100; ms += 1) counts.add(ms);
  assert.equal(counts.total, 100);
  assert.equal(Math.round(counts.percentile(0.5)), 50);
  assert.equal(Math.round(counts.percentile(0.99)), 99);
  counts.add(10 ** 9);
  assert.equal(counts.percentile(1), 60_000);
  counts.reset();
  assert.equal(counts.percentile(0.5), 0);
});
