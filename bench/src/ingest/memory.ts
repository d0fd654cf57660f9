import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import { askServer, stopServer, type Usage } from '../server-process.ts';
import { createIngestWorld } from './ingest-world.ts';

/** Memory of a backfill of many movies. */
export interface MemoryMeasured {
  readonly movies: number;
  /** Requests of movies in which the memory was measured. */
  readonly requests: number;
  /** Peak resident memory of `ingest backfill`, from the export to the end of the measurement, in MB. */
  readonly peakMb: number;
  /** Peak of each tenth of the requests, in MB: whether the memory grows. */
  readonly peaksMb: readonly number[];
  /** Peak resident memory of the emulator, in MB. */
  readonly emulatorPeakMb: number;
  /** Seconds from the start to the first request: download of the export and census. */
  readonly censusSeconds: number;
}

export interface MemoryOptions {
  /** Movies of the export. */
  readonly movies: number;
  /** Requests after which the measurement ends. */
  readonly requests: number;
  /** False: without the image's settings of Node. */
  readonly imageSettings: boolean;
  readonly onProgress: (what: string) => void;
}

const SAMPLE_MS = 1_000;
const TENTHS = 10;

/** Runs a backfill of so many synthetic movies, and measures it each second until it has sent so many requests. */
export async function measureMemory(options: MemoryOptions): Promise<MemoryMeasured> {
  const { movies, requests, imageSettings, onProgress } = options;
  const world = await createIngestWorld(['--synthetic', String(movies)], imageSettings);
  const begun = performance.now();
  const child = world.start('backfill', '--json', '--rate', '10000');
  const peaks = Array.from({ length: TENTHS }, () => 0);
  let censusSeconds: number | undefined;
  try {
    for (let sent = 0; sent < requests; ) {
      if (child.exitCode !== null) {
        throw new MarqueeError('INGEST_FAILED', 'The backfill ended before so many requests; its error is above.');
      }
      await sleep(SAMPLE_MS);
      sent = (await world.statistics()).requests;
      if (sent > 0) censusSeconds ??= (performance.now() - begun) / 1_000;
      const { rssBytes } = await askServer<Usage>(child, { ask: 'usage' });
      const tenth = Math.min(TENTHS - 1, Math.floor((sent / requests) * TENTHS));
      peaks[tenth] = Math.max(peaks[tenth] ?? 0, inMb(rssBytes));
      onProgress(`a backfill of ${movies} movies: ${sent} of ${requests} requests, ${inMb(rssBytes)} MB`);
    }
    const { peakRssBytes } = await askServer<Usage>(child, { ask: 'usage' });
    return {
      ...{ movies, requests, censusSeconds: censusSeconds ?? 0 },
      peakMb: inMb(peakRssBytes),
      peaksMb: peaks,
      emulatorPeakMb: inMb((await world.emulatorUsage()).peakRssBytes),
    };
  } finally {
    await stopServer(child);
    await world.stop();
  }
}

const inMb = (bytes: number) => Math.round(bytes / 1e6);
