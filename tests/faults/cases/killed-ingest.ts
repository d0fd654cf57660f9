import assert from 'node:assert/strict';
import type { FaultCase } from '../fault-case.ts';
import { endOf } from '../load.ts';

export const killedIngest: FaultCase = {
  name: 'killed-ingest',
  summary: 'kill -9 of ingest in the middle of a batch, twice, and then a run to the end',
  movies: 400,
  async run(world) {
    let leased = 0;
    for (const share of [0.25, 0.5]) {
      const run = world.backfill(200);
      await world.untilAcknowledged(share * 400 * 4);
      await run.kill();
      const { rows } = await world.pools.ingest.query(`select from entities where state = 'leased'`);
      leased += rows.length;
    }
    assert.ok(leased > 0, 'ingest was killed while it worked on movies');
    await endOf(world.backfill());
    return { 'movies in progress when killed': leased };
  },
};
