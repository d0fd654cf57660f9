import assert from 'node:assert/strict';
import { it } from 'node:test';
import { brokenPromises, ingestFiguresOf, storageFiguresOf, storageTable } from '../../src/ingest/ingest-figures.ts';

const bare = { moviesPerSecond: 800, cpuMsPerMovie: 1.5, peakRssMiB: 150 };

it('compares each value of both ingests with the bare loop', () => {
  const figures = ingestFiguresOf({
    'bare loop': bare,
    'ingest movies': { moviesPerSecond: 400, cpuMsPerMovie: 3, peakRssMiB: 300 },
    'ingest backfill': { moviesPerSecond: 1_600, cpuMsPerMovie: 1.5, peakRssMiB: 75 },
  });
  assert.deepEqual(
    figures.map(({ name, ratio }) => [name, ratio]),
    [
      ['ingest movies: movies per second', 0.5],
      ['ingest movies: CPU per movie', 2],
      ['ingest movies: peak memory', 2],
      ['ingest backfill: movies per second', 2],
      ['ingest backfill: CPU per movie', 1],
      ['ingest backfill: peak memory', 0.5],
    ],
  );
});

it('names each promise that is not kept, and none that is', () => {
  const kept = { moviesPerSecond: 400, cpuMsPerMovie: 3, peakRssMiB: 1 };
  const run = (moviesPerSecond: number, cpuMsPerMovie: number) => {
    const measured = { moviesPerSecond, cpuMsPerMovie, peakRssMiB: 1 };
    return brokenPromises({ 'bare loop': bare, 'ingest movies': measured, 'ingest backfill': kept }).join();
  };
  assert.equal(run(400, 3), '');
  assert.match(run(399, 3), /^ingest movies: 399 movies a second/);
  assert.match(run(400, 3.1), /^ingest movies: 2\.07 times the CPU/);
});

it('sums the storage up for a million movies', () => {
  const stored = { postgresBytesPerMovie: 30_000, logBytesPerMovie: 20_000 };
  assert.equal(storageFiguresOf(stored).at(-1)?.value, 46.57);
  assert.match(storageTable(stored), /sum +50000 +46\.6 GiB/);
});
