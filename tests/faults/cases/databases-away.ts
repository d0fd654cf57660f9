import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultCase } from '../fault-case.ts';
import { assertInProgress, endOf } from '../load.ts';

const REFUSING_MS = 30_000;

export const postgresRestarted: FaultCase = {
  name: 'postgres-restarted',
  summary:
    'Postgres crashes and recovers, and is restarted in an orderly way, under the subgraphs and the ingest queue',
  movies: 400,
  ownServer: 'postgres',
  async run(world) {
    const run = world.backfill(60);
    await world.untilAcknowledged(400);
    await assertInProgress(run);
    await world.postgres.kill();
    await world.postgres.start();
    await world.untilAcknowledged(800);
    await assertInProgress(run);
    await world.postgres.stop();
    await world.postgres.start();
    await endOf(run);
    return { crashes: 1, restarts: 1 };
  },
};

export const postgresRefusing: FaultCase = {
  name: 'postgres-refusing',
  summary: 'the database of the subgraphs refuses connections for 30 s',
  movies: 300,
  gated: true,
  async run(world) {
    const run = world.backfill(60);
    await world.untilAcknowledged(300);
    await world.databaseGate.shut();
    await sleep(REFUSING_MS);
    await world.databaseGate.open();
    await endOf(run);
    return { 'refused for s': REFUSING_MS / 1_000 };
  },
};
