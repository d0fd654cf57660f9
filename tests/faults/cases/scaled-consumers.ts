import assert from 'node:assert/strict';
import { eventually } from '@marquee/testing/eventually';
import type { LaunchedSubgraph } from '@marquee/testing/subgraph-process';
import type { FaultCase } from '../fault-case.ts';
import { endOf } from '../load.ts';

/** Returns the number of records that a consumer has applied. */
async function appliedIn(consumer: LaunchedSubgraph): Promise<number> {
  const metrics = await (await (await consumer.listening).get('/metrics')).text();
  const counts = metrics.matchAll(/^marquee_inbox_records_total\{[^}]*outcome="applied"[^}]*\} (\d+)$/gm);
  return [...counts].reduce((sum, [, count]) => sum + Number(count), 0);
}

export const scaledConsumers: FaultCase = {
  name: 'scaled-consumers',
  summary: 'one consumer becomes three and one again under load',
  movies: 600,
  async run(world) {
    const run = world.backfill(25);
    const first = world.consumers.get('people');
    assert.ok(first);
    await world.untilAcknowledged(200);
    const consumers = [first, world.launch('people'), world.launch('people')];
    await eventually(async () => {
      for (const consumer of consumers) assert.ok((await appliedIn(consumer)) > 0, 'each consumer has a share');
    }, 60_000);
    for (const consumer of consumers.slice(0, 2)) {
      consumer.signal('SIGTERM');
      assert.equal(await consumer.ended, 0);
    }
    await endOf(run);
    return { 'consumers with a share': consumers.length };
  },
};
