import { CHANGE_TOPICS } from '@marquee/events/change-topics';
import { OBSERVATION_TOPICS } from '@marquee/events/topics';
import { eventually } from '@marquee/testing/eventually';
import { SUBGRAPHS } from './databases.ts';
import type { World } from './world.ts';

/** Topics that each subgraph consumes. */
const CONSUMED = SUBGRAPHS.map((subgraph) => ({
  subgraph,
  topics: [
    ...OBSERVATION_TOPICS.filter(({ consumer }) => consumer === subgraph),
    ...CHANGE_TOPICS.filter(({ followers }) => (followers as readonly string[]).includes(subgraph)),
  ].map(({ name }) => name),
}));

/** Resolves when every subgraph has applied all records, and published all changes. */
export async function settle(world: World, withinMs: number): Promise<void> {
  let previous = '';
  await eventually(async () => {
    const ends = await endsOf(world);
    for (const { subgraph, topics } of CONSUMED) {
      const pool = world.pools[subgraph];
      const { rows } = await pool.query<{ name: string; next: string }>(
        `select topic || '/' || partition as name, next_offset::text as next from inbox_offsets`,
      );
      const applied = new Map(rows.map(({ name, next }) => [name, BigInt(next)]));
      for (const [name, end] of ends) {
        if (!topics.includes(name.slice(0, name.lastIndexOf('/')) as never)) continue;
        const next = applied.get(name) ?? 0n;
        if (next < end) throw new Error(`${subgraph} has applied ${name} up to ${next} of ${end}`);
      }
      const { rows: pending } = await pool.query('select from outbox limit 1');
      if (pending.length > 0) throw new Error(`${subgraph} has changes in its outbox`);
    }
    // What was applied may have changed something that others follow.
    const state = JSON.stringify([...ends].map(([name, end]) => [name, String(end)]));
    const isSettled = state === previous;
    previous = state;
    if (!isSettled) throw new Error('the event log still grows');
  }, withinMs);
}

async function endsOf({ log }: World): Promise<Map<string, bigint>> {
  const ends = new Map<string, bigint>();
  for (const { name } of [...OBSERVATION_TOPICS, ...CHANGE_TOPICS]) {
    for (const [partition, end] of await log.eventLog.endOffsets(name)) ends.set(`${name}/${partition}`, end);
  }
  return ends;
}
