import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import { askServer, stopServer, type Usage } from '../server-process.ts';
import { createIngestWorld } from './ingest-world.ts';

/** Memory of a backfill of many movies. */
export interface MemoryMeasured {
  readonly movies: number;
  /** Peak resident memory of `ingest backfill`, from the export to the end of the measurement. */
  readonly peakRssMiB: number;
  /** Seconds from the start to the first request: download of the export and census. */
  readonly censusSeconds: number;
}

/** Runs a backfill of so many synthetic movies, and measures it until it has requested for some seconds. */
export async function measureMemory(movies: number, seconds: number): Promise<MemoryMeasured> {
  const world = await createIngestWorld(['--synthetic', String(movies)]);
  const begun = performance.now();
  const child = world.start('backfill', '--json', '--rate', '400');
  try {
    while ((await world.statistics()).requests === 0) {
      if (child.exitCode !== null) {
        throw new MarqueeError('INGEST_FAILED', 'The backfill ended before its first request; its error is above.');
      }
      await sleep(100);
    }
    const censusSeconds = (performance.now() - begun) / 1_000;
    await sleep(seconds * 1_000);
    const { peakRssBytes } = await askServer<Usage>(child, { ask: 'usage' });
    return { movies, peakRssMiB: peakRssBytes / 2 ** 20, censusSeconds };
  } finally {
    await stopServer(child);
    await world.stop();
  }
}
