import type { FaultCase } from '../fault-case.ts';
import { ingestAll } from '../load.ts';

/** The load alone: what the checker finds here is no effect of a fault. */
export const noFault: FaultCase = {
  name: 'no-fault',
  summary: 'ingest, three subgraphs and a writing client without a fault',
  movies: 300,
  async run(world) {
    await ingestAll(world);
    return {};
  },
};
