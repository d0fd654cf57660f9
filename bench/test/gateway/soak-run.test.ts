import assert from 'node:assert/strict';
import { it } from 'node:test';
import { trendOf } from '../../src/gateway/soak-run.ts';

const samples = (rss: (minute: number) => number) =>
  Array.from({ length: 20 }, (_, minutes) => ({ minutes, rssMiB: rss(minutes), heapMiB: 0 }));

it('the memory trend is that of the last half', () => {
  const risen = samples((minute) => Math.min(minute, 8) * 40);
  assert.equal(
    trendOf(risen, ({ rssMiB }) => rssMiB),
    0,
  );
  const rising = samples((minute) => 300 + minute * 2);
  assert.ok(Math.abs(trendOf(rising, ({ rssMiB }) => rssMiB) - 2) < 1e-9);
  assert.equal(
    trendOf(rising.slice(0, 1), ({ rssMiB }) => rssMiB),
    0,
  );
});
