import path from 'node:path';
import { REGISTRY_FILE, readRegistry } from '@marquee/supergraph-registry/registry';

/** An image: its name, its Dockerfile relative to the root, and the arguments that the Dockerfile takes. */
export interface Deployable {
  readonly name: string;
  readonly dockerfile: string;
  readonly args: Readonly<Record<string, string>>;
}

/** Returns every image of the repository at this root: one for each subgraph of the registry, and those of the other services. */
export function deployablesOf(root: string): readonly Deployable[] {
  const { subgraphs } = readRegistry(path.join(root, REGISTRY_FILE));
  return [
    ...subgraphs.map(({ name, port }) => ({
      name,
      dockerfile: 'subgraphs/Dockerfile',
      args: { SUBGRAPH: name, PORT: String(port) },
    })),
    { name: 'gateway', dockerfile: 'gateway/Dockerfile', args: {} },
    { name: 'ingest', dockerfile: 'ingest/Dockerfile', args: {} },
    {
      name: 'secrets',
      dockerfile: 'containers/src/secrets/Dockerfile',
      args: { SUBGRAPHS: subgraphs.map(({ name }) => name).join(' ') },
    },
  ];
}

/** Returns the name of an image in the engine. */
export function imageName(deployable: string, tag: string): string {
  return `marquee/${deployable}:${tag}`;
}
