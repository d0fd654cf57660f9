import assert from 'node:assert/strict';
import { SUBGRAPHS } from '../databases.ts';
import type { FaultCase } from '../fault-case.ts';
import { endOf, untilAppliedMore } from '../load.ts';

/** The time that Kubernetes gives a subgraph. */
const DEADLINE_MS = 45_000;

export const terminatedConsumers: FaultCase = {
  name: 'terminated-consumers',
  summary: 'SIGTERM of each consumer under load: it exits with 0 within its deadline',
  movies: 300,
  async run(world) {
    const run = world.backfill(25);
    let longestMs = 0;
    for (const subgraph of SUBGRAPHS) {
      await untilAppliedMore(world, subgraph, 20);
      const consumer = world.consumers.get(subgraph);
      assert.ok(consumer);
      const startedAt = performance.now();
      consumer.signal('SIGTERM');
      assert.equal(await consumer.ended, 0, `${subgraph} exits with 0`);
      longestMs = Math.max(longestMs, performance.now() - startedAt);
      world.launch(subgraph);
    }
    assert.ok(longestMs < DEADLINE_MS, `the slowest took ${longestMs} ms`);
    await endOf(run);
    return { 'longest exit in s': Math.round(longestMs / 100) / 10 };
  },
};
