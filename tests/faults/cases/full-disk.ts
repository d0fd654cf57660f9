import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@marquee/testing/eventually';
import { SUBGRAPHS } from '../databases.ts';
import type { FaultCase } from '../fault-case.ts';
import { endOf } from '../load.ts';

const FULL_MS = 10_000;

export const fullDisk: FaultCase = {
  name: 'full-disk',
  summary: 'the disk of the database is full, and is enlarged after a while',
  movies: 600,
  smallDisk: true,
  // Postgres writes the pages of all databases in one checkpoint, which fails while one of their disks is full.
  ownServer: 'postgres',
  async run(world) {
    const run = world.backfill(100);
    await world.untilAcknowledged(200);
    await world.disk?.leave(1);
    await eventually(async () => {
      const isFull = SUBGRAPHS.some((each) => world.consumers.get(each)?.log.some((line) => line.includes('53100')));
      assert.ok(isFull, 'a consumer meets a full disk');
    }, 90_000);
    await sleep(FULL_MS);
    await world.disk?.leave(1_000);
    await endOf(run);
    return { 'full for s, at least': FULL_MS / 1_000 };
  },
};
