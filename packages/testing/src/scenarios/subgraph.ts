import type { SubgraphSchema } from '../subgraph-database.ts';

/** A subgraph as scenarios see it: what it keeps in its database, and its entry point. */
export interface Subgraph extends SubgraphSchema {
  readonly main: URL;
}
