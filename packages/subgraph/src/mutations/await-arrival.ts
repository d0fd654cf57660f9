import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './outcome.ts';

const UUID_V7 = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Age up to which the event of another subgraph's entity may not have arrived. */
const RECENT_MS = 10_000;

const WAIT_MS = 2_000;
const INTERVAL_MS = 100;

/**
 * Executes a mutation again while it is refused for an entity of another subgraph that a client has just created, for 2 seconds at most:
 * the client may be faster than the topic of changes. No connection is held in between.
 *
 * @param missingIdOf returns the id of the entity whose absence is the reason of a refusal
 */
export async function awaitArrival<Done, Why>(
  execute: () => Promise<Outcome<Done, Why>>,
  missingIdOf: (refused: Why) => string | undefined,
): Promise<Outcome<Done, Why>> {
  const deadline = Date.now() + WAIT_MS;
  for (;;) {
    const outcome = await execute();
    if ('done' in outcome || Date.now() >= deadline) return outcome;
    const id = missingIdOf(outcome.refused);
    if (id === undefined || !isRecentId(id, new Date(), RECENT_MS)) return outcome;
    await sleep(INTERVAL_MS);
  }
}

/**
 * Returns true for a UUIDv7 that was created within so many milliseconds of a moment, before or after it, since clocks differ
 * (RFC 9562, section 5.7: its first 48 bits are milliseconds since 1970).
 */
export function isRecentId(id: string, now: Date, withinMs: number): boolean {
  const uuid = UUID_V7.exec(id);
  return uuid !== null && Math.abs(now.getTime() - Number.parseInt(`${uuid[1]}${uuid[2]}`, 16)) <= withinMs;
}
