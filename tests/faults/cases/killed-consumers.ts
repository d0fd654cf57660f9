import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { SUBGRAPHS } from '../databases.ts';
import type { FaultCase } from '../fault-case.ts';
import { hold } from '../hold.ts';
import { appliedBy, endOf, untilEnded } from '../load.ts';
import type { World } from '../world.ts';

/** Kills the consumer of each subgraph at one place of its transaction, and returns how far the killed ones came. */
async function killEach(world: World, event: 'before commit' | 'during commit'): Promise<number> {
  const run = world.backfill(100);
  let applied = 0;
  for (const subgraph of SUBGRAPHS) {
    const held = await hold(world.adminUrl, subgraph, event);
    const backend = await held.caught();
    const before = await appliedBy(world, subgraph);
    await world.consumers.get(subgraph)?.kill();
    await held.release();
    await untilEnded(world, backend);
    applied += (await appliedBy(world, subgraph)) - before;
    world.launch(subgraph);
  }
  await endOf(run);
  return applied;
}

export const killedBeforeCommit: FaultCase = {
  name: 'killed-before-commit',
  summary: 'kill -9 of each consumer when it has written the effects of a batch and not committed them',
  movies: 300,
  async run(world) {
    const applied = await killEach(world, 'before commit');
    assert.equal(applied, 0, 'the batches of the killed consumers were rolled back');
    return { 'batches rolled back': SUBGRAPHS.length };
  },
};

export const killedAfterCommit: FaultCase = {
  name: 'killed-after-commit',
  summary:
    "kill -9 of each consumer when Postgres commits its batch, before it knows and before the group's offset is committed",
  movies: 300,
  async run(world) {
    const applied = await killEach(world, 'during commit');
    assert.ok(applied > 0, 'the batches of the killed consumers were committed');
    return { 'records committed by killed consumers': applied };
  },
};

/** Longest life, in ms, of a consumer that is ready. */
const LONGEST_LIFE_MS = 1_500;

export const randomKills: FaultCase = {
  name: 'random-kills',
  summary: 'kill -9 of consumers at random moments during the ingest of events',
  movies: 1_500,
  async run(world, { random, kills }) {
    const run = world.backfill(25);
    let inTransaction = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const subgraph = SUBGRAPHS[Math.floor(random() * SUBGRAPHS.length)] ?? 'movies';
      const victim = world.consumers.get(subgraph);
      await victim?.listening;
      await sleep(random() * LONGEST_LIFE_MS);
      const { rows } = await world.pools[subgraph].query(
        `select from pg_stat_activity where application_name = $1 and datname = current_database() and xact_start is not null`,
        [`marquee-${subgraph}`],
      );
      if (rows.length > 0) inTransaction += 1;
      await victim?.kill();
      world.launch(subgraph);
    }
    await endOf(run);
    return { kills, 'kills during a transaction': inTransaction };
  },
};
