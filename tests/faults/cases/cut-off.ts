import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case.ts';
import { endOf } from '../load.ts';

/** Longer than the time after which the group takes a silent consumer for dead. */
const CUT_MS = 15_000;

export const cutOff: FaultCase = {
  name: 'cut-off',
  summary:
    'every packet between the consumers and the event log is lost, then every one between them and their database',
  movies: 300,
  gated: true,
  ownServer: 'log',
  async run(world) {
    const run = world.backfill(60);
    for (const [gate, events] of [
      [world.log.gate, 200],
      [world.databaseGate, 600],
    ] as const) {
      await world.untilAcknowledged(events);
      gate.freeze();
      await sleep(CUT_MS);
      await gate.open();
    }
    await endOf(run);
    return { 'cut off from each for s': CUT_MS / 1_000 };
  },
};
