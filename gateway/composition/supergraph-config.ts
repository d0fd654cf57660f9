import { type RegisteredSubgraph, readRegistry, readSchema } from '@marquee/supergraph-registry/registry';

/** A registry with the schemas of its subgraphs: the input of composition. */
export interface SupergraphConfig {
  /** Version of Federation to compose with, for example 2.14.4. */
  readonly federationVersion: string;
  readonly subgraphs: readonly Subgraph[];
}

export interface Subgraph extends Pick<RegisteredSubgraph, 'name' | 'url' | 'file'> {
  /** Text of the schema. */
  readonly sdl: string;
}

/** Reads the registry and the schemas that it names; throws MarqueeError `INVALID_SUPERGRAPH_CONFIG` (exit code 2). */
export function readSupergraphConfig(path: string): SupergraphConfig {
  const { federationVersion, subgraphs } = readRegistry(path);
  return {
    federationVersion,
    subgraphs: subgraphs.map((subgraph) => ({ ...subgraph, sdl: readSchema(path, subgraph) })),
  };
}
