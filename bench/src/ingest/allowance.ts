import { setTimeout as sleep } from 'node:timers/promises';
import { MarqueeError } from '@marquee/runtime/errors';
import { stopServer } from '../server-process.ts';
import { createIngestWorld, sumOf } from './ingest-world.ts';

/** Use of an allowance of requests in steady state. */
export interface AllowanceMeasured {
  readonly replicas: number;
  /** Accepted requests as a share of the allowance. */
  readonly usedShare: number;
  /** 429s for each 1,000 requests. */
  readonly refusedPerThousand: number;
}

/** TMDb's allowance: https://developer.themoviedb.org/docs/rate-limiting */
export const RATE = 40;
/** Seconds from the first request that do not count. */
const WARM_UP_SECONDS = 10;
/** Median and 99th percentile of the emulator's latency in ms. */
const LATENCY = '80/400';

/** Runs replicas of `ingest backfill` against an emulator that enforces the allowance. */
export async function measureAllowance(replicas: number, seconds: number): Promise<AllowanceMeasured> {
  const movies = RATE * (seconds + 2 * WARM_UP_SECONDS) * 2;
  const world = await createIngestWorld(['--synthetic', String(movies), '--rate', String(RATE), '--latency', LATENCY]);
  const running = Array.from({ length: replicas }, () => world.start('backfill', '--json', '--rate', String(RATE)));
  try {
    while ((await world.statistics()).requests === 0) {
      if (running.some(({ exitCode }) => exitCode !== null)) {
        throw new MarqueeError(
          'INGEST_FAILED',
          'A measured ingest ended before its first request; its error is above.',
        );
      }
      await sleep(100);
    }
    await sleep((WARM_UP_SECONDS + seconds + 1) * 1_000);
    // Without the last second, which is not over.
    const counted = (await world.statistics()).seconds.slice(WARM_UP_SECONDS, WARM_UP_SECONDS + seconds);
    const { accepted, refused } = sumOf(counted);
    return {
      replicas,
      usedShare: accepted / (RATE * counted.length),
      refusedPerThousand: (refused * 1_000) / Math.max(1, accepted + refused),
    };
  } finally {
    await Promise.all(running.map(stopServer));
    await world.stop();
  }
}
