import { type Faults, REQUEST_FAULTS, type RequestFault } from './faults.ts';
import { seededNumber } from './seeded-random.ts';

/** Failing URLs whose tries are counted; beyond them the oldest starts again. */
const MAX_FAILING_URLS = 100_000;

/**
 * Creates a function that returns the fault of a request, or undefined. The fault depends on the seed, the URL and the number of its
 * failures in a row, and not on the order of requests: two runs with one seed meet the same faults.
 */
export function createFaultDraw(seed: number): (faults: Faults, url: string) => RequestFault | undefined {
  const failures = new Map<string, number>();
  return (faults, url) => {
    const failed = failures.get(url) ?? 0;
    let draw = seededNumber(seed, url, failed);
    failures.delete(url);
    for (const name of REQUEST_FAULTS) {
      draw -= faults[name];
      if (draw >= 0) continue;
      failures.set(url, failed + 1);
      const oldest = failures.size > MAX_FAILING_URLS ? failures.keys().next().value : undefined;
      if (oldest !== undefined) failures.delete(oldest);
      return name;
    }
    return undefined;
  };
}

/** Returns true when all requests of this movie or person fail. */
export function isPoisoned(faults: Faults, seed: number, url: string): boolean {
  if (faults.poisonRate === 0) return false;
  const entity = /^\/3\/((?:movie|person)\/\d+)/.exec(url)?.[1];
  return entity !== undefined && seededNumber(seed, 'poison', entity) < faults.poisonRate;
}
