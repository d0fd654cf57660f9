import assert from 'node:assert/strict';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import type { FaultCase } from '../fault-case.ts';
import { endOf, untilAppliedMore } from '../load.ts';

export const lostOffsets: FaultCase = {
  name: 'lost-offsets',
  summary: "a group's committed offsets are deleted, and another group's are moved to the end of its topics",
  movies: 300,
  async run(world) {
    const run = world.backfill(100);
    await Promise.all(
      (['people', 'ratings'] as const).map(async (subgraph) => {
        await untilAppliedMore(world, subgraph, 50);
        const consumer = world.consumers.get(subgraph);
        consumer?.signal('SIGTERM');
        assert.equal(await consumer?.ended, 0);
      }),
    );
    await endOf(run);
    await world.log.deleteOffsets('marquee.people');
    await world.log.moveOffsetsToEnd('marquee.ratings', MOVIE_RATINGS.name);
    world.launch('people');
    world.launch('ratings');
    return { deleted: 'marquee.people', 'moved to the end': 'marquee.ratings' };
  },
};
