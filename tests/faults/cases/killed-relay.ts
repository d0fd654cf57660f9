import assert from 'node:assert/strict';
import type { FaultCase } from '../fault-case.ts';
import { hold } from '../hold.ts';
import { endOf, untilEnded } from '../load.ts';

export const killedRelay: FaultCase = {
  name: 'killed-relay',
  summary: 'kill -9 of a relay when it has published changes and not deleted them from the outbox',
  movies: 200,
  async run(world) {
    const run = world.backfill(60);
    const held = await hold(world.adminUrl, 'ratings', 'before deletion');
    const backend = await held.caught();
    await world.consumers.get('ratings')?.kill();
    await held.terminate(backend);
    await untilEnded(world, backend);
    const { rows } = await world.pools.ratings.query('select from outbox');
    assert.ok(rows.length > 0, 'the published changes are still in the outbox');
    await held.release();
    world.launch('ratings');
    await endOf(run);
    return { 'changes in the outbox': rows.length };
  },
};
