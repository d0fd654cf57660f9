import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sampleLatency } from '../../src/emulator/latency.ts';
import { seededRandom } from '../../src/emulator/seeded-random.ts';

function samples(latency: Parameters<typeof sampleLatency>[0]): number[] {
  const random = seededRandom('latency test');
  return Array.from({ length: 10_000 }, () => sampleLatency(latency, random)).sort((a, b) => a - b);
}

test('a uniform latency stays within its bounds and uses them', () => {
  const sorted = samples({ min: 40, max: 400 });
  assert.ok((sorted[0] ?? 0) >= 40 && (sorted[0] ?? 0) < 45);
  assert.ok((sorted.at(-1) ?? 0) <= 400 && (sorted.at(-1) ?? 0) > 395);
});

test('a log-normal latency has its median and its 99th percentile', () => {
  const sorted = samples({ median: 80, p99: 900 });
  const [median, p99] = [sorted[5_000] ?? 0, sorted[9_900] ?? 0];
  assert.ok(Math.abs(median - 80) < 5, `median ${median}`);
  assert.ok(Math.abs(p99 - 900) < 120, `p99 ${p99}`);
});
