import type { SubgraphSchema } from '../subgraph-database.ts';

/** A subgraph of scenarios: its database schema and its entry point. */
export interface Subgraph extends SubgraphSchema {
  readonly main: URL;
}
