import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import type { FaultCase } from '../fault-case.ts';
import { hold } from '../hold.ts';
import { endOf, untilAppliedMore } from '../load.ts';
import { settle } from '../settle.ts';

/** Longer than the time after which the group takes a silent consumer for dead. */
const PAST_SESSION_MS = 13_000;

export const pausedConsumer: FaultCase = {
  name: 'paused-consumer',
  summary:
    'SIGSTOP of a consumer past the session time-out, in a transaction and at any moment, then SIGCONT: its late write fails',
  movies: 300,
  async run(world, { random }) {
    const run = world.backfill(60);
    const held = await hold(world.adminUrl, 'ratings', 'before commit');
    await held.caught();
    const zombie = world.consumers.get('ratings');
    assert.ok(zombie);
    zombie.signal('SIGSTOP');
    await held.release();
    const successor = world.launch('ratings');
    await successor.listening;
    await untilAppliedMore(world, 'ratings', 50);
    await endOf(run);
    await settle(world, 120_000);
    const lines = zombie.log.length;
    zombie.signal('SIGCONT');
    const failed = await eventually(async () => {
      const late = zombie.log.slice(lines).filter((line) => line.includes('a batch failed'));
      assert.ok(late.length > 0, 'the late write of the paused consumer fails');
      return late.length;
    });
    const forced = world.ingestAgain(100);
    await sleep(random() * 1_000);
    successor.signal('SIGSTOP');
    await sleep(PAST_SESSION_MS);
    successor.signal('SIGCONT');
    await endOf(forced);
    return { 'late writes failed': failed, 'second pause in s': PAST_SESSION_MS / 1_000 };
  },
};
