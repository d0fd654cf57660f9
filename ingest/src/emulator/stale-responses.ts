import type { Faults } from './faults.ts';
import type { Overlay } from './overlay.ts';
import { seededNumber } from './seeded-random.ts';
import type { StatisticsRecorder } from './statistics.ts';

/** Returns what a URL serves of an overlay: the present value, or the one before a recent change. */
export type ServedValue = <Value>(overlay: Overlay<Value>, id: number, url: string) => Value | undefined;

export interface StaleResponsesOptions {
  /** Returns the present faults, which may change at any time. */
  readonly faults: () => Faults;
  readonly seed: number;
  readonly statistics: StatisticsRecorder;
  /** Returns ms since 1970. */
  readonly now: () => number;
}

/**
 * Creates a reader of values as TMDb's content delivery network has them: each URL keeps its previous content for a time of its own after a
 * change, at least half of the seconds of the fault, so that details and parts of one movie may disagree. That time depends on the seed and
 * the URL.
 */
export function createServedValue({ faults, seed, statistics, now }: StaleResponsesOptions): ServedValue {
  return (overlay, id, url) => {
    const { staleSeconds } = faults();
    const present = overlay.get(id);
    if (staleSeconds === 0) return present;
    const staleMs = staleSeconds * 1_000 * (0.5 + seededNumber(seed, 'stale', url) / 2);
    const served = overlay.getAsOf(id, now() - staleMs);
    if (served !== present) statistics.faulted('staleSeconds');
    return served;
  };
}
