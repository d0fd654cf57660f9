import assert from 'node:assert/strict';
import { RATINGS_CHANGES } from '@marquee/events/change-topics';
import { writeChanges } from '@marquee/inbox-outbox/write-changes';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';
import { eventually } from '@marquee/testing/eventually';
import type { FaultCase } from '../fault-case.ts';
import { ingestAll } from '../load.ts';

const PAIRS = 20;

async function change(tx: Queryable, id: string): Promise<void> {
  await writeChanges(tx, RATINGS_CHANGES, [{ entity: 'Review', id, tags: [`review-${id}`], facts: { votes: null } }]);
}

export const outOfOrderCommits: FaultCase = {
  name: 'out-of-order-commits',
  summary: 'of two transactions that write into the outbox, the second commits, and is published, before the first',
  movies: 100,
  async run(world) {
    const pool = world.pools.ratings;
    for (let pair = 0; pair < PAIRS; pair += 1) {
      await inTransaction(pool, async (first) => {
        await change(first, `first-${pair}`);
        await inTransaction(pool, (second) => change(second, `second-${pair}`));
        await eventually(async () => {
          const { rows } = await first.query('select from outbox where entity_id = $1', [`second-${pair}`]);
          assert.equal(rows.length, 0, 'the second is published while the first is open');
        });
      });
    }
    await ingestAll(world);
    return { 'pairs of transactions': PAIRS };
  },
};
