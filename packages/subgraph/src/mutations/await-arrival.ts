import { setTimeout as sleep } from 'node:timers/promises';
import type { Outcome } from './outcome.ts';
import { isRecentId } from './recent-id.ts';

/** Age up to which the event of another subgraph's entity may still be on its way. */
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
