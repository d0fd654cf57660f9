import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case.ts';
import { assertInProgress, endOf } from '../load.ts';

/** Longer than the time after which the group takes a silent consumer for dead. */
const PAST_SESSION_MS = 13_000;

export const logOutage: FaultCase = {
  name: 'log-outage',
  summary:
    'the event log crashes and stays away for longer than the session time-out, at a third and at half of 10,000 events',
  movies: 2_500,
  ownServer: 'log',
  settleMs: 180_000,
  async run(world) {
    const run = world.backfill();
    for (const share of [1 / 3, 1 / 2]) {
      await world.untilAcknowledged(share * 10_000);
      await world.logServer.kill();
      await sleep(PAST_SESSION_MS);
      await assertInProgress(run);
      await world.logServer.start();
    }
    await endOf(run);
    return { crashes: 2, 's for each': PAST_SESSION_MS / 1_000 };
  },
};
