import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { measureAllowance } from '../../src/ingest/allowance.ts';
import { benchIngest, CONTENDERS } from '../../src/ingest/ingest-bench.ts';
import { measureMemory } from '../../src/ingest/memory.ts';
import { measureStorage } from '../../src/ingest/storage.ts';

it('measures an ingest and the bare loop with the same movies', { timeout: 240_000 }, async () => {
  const runs = await benchIngest({ movies: 400, concurrency: 10, turns: 1, onProgress: () => {} });
  for (const contender of CONTENDERS) {
    const { moviesPerSecond, cpuMsPerMovie, peakRssMiB } = runs[contender];
    for (const figure of [moviesPerSecond, cpuMsPerMovie, peakRssMiB]) assert.ok(figure > 0, `${contender} ${figure}`);
  }
});

it('measures the storage of movies in a stack', { timeout: 240_000 }, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-bench-'));
  try {
    const { postgresBytesPerMovie, logBytesPerMovie } = await measureStorage(60, folder);
    for (const bytes of [postgresBytesPerMovie, logBytesPerMovie]) assert.ok(bytes > 1_000, String(bytes));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

it('measures the use of the allowance, and the memory', { timeout: 240_000 }, async () => {
  const { usedShare, refusedPerThousand } = await measureAllowance(2, 5);
  assert.ok(usedShare > 0.3 && usedShare <= 1, String(usedShare));
  assert.ok(refusedPerThousand < 100, String(refusedPerThousand));
  const sizes = { movies: 2_000, requests: 50, imageSettings: true };
  const { peakMb, emulatorPeakMb, censusSeconds } = await measureMemory({ ...sizes, onProgress: () => {} });
  for (const figure of [peakMb, emulatorPeakMb, censusSeconds]) assert.ok(figure > 0, String(figure));
});
