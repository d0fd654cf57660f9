import assert from 'node:assert/strict';
import { eventually } from '@marquee/testing/eventually';
import type { SubgraphName } from './databases.ts';
import type { IngestRun } from './ingest.ts';
import type { World } from './world.ts';

/** Ingests all movies, and requires that ingest acknowledged each of them. */
export function ingestAll(world: World, rate?: number): Promise<void> {
  return endOf(world.backfill(rate));
}

/** Requires that a run of ingest succeeds. */
export async function endOf({ ended }: IngestRun): Promise<void> {
  const { code, stdout } = await ended;
  assert.equal(code, 0, `ingest ended with ${code}: ${stdout}`);
}

/** Requires that a run of ingest has not ended, so that a fault hits it. */
export async function assertInProgress({ ended }: IngestRun): Promise<void> {
  const end = await Promise.race([ended, undefined]);
  assert.equal(end, undefined, 'ingest ended before the fault');
}

/** Returns the sum of the offsets up to which a subgraph has applied its topics. */
export async function appliedBy(world: World, subgraph: SubgraphName): Promise<number> {
  const { rows } = await world.pools[subgraph].query<{ sum: number }>(
    'select coalesce(sum(next_offset), 0)::integer as sum from inbox_offsets',
  );
  return rows[0]?.sum ?? 0;
}

/** Longer than the 60 s after which Postgres ends the session of a frozen member of a group. */
const APPLIED_WITHIN_MS = 90_000;

/** Resolves when a subgraph has applied so many more records. */
export async function untilAppliedMore(world: World, subgraph: SubgraphName, records: number): Promise<void> {
  const before = await appliedBy(world, subgraph);
  await eventually(async () => {
    const applied = (await appliedBy(world, subgraph)) - before;
    assert.ok(applied >= records, `${subgraph} has applied ${applied} of ${records} records`);
  }, APPLIED_WITHIN_MS);
}

/** Resolves when a backend of Postgres has ended. */
export async function untilEnded(world: World, backend: number): Promise<void> {
  await eventually(async () => {
    const { rows } = await world.pools.ingest.query('select from pg_stat_activity where pid = $1', [backend]);
    assert.equal(rows.length, 0, `backend ${backend} still runs`);
  });
}
