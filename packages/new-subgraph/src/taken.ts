import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Registry } from '@marquee/supergraph-registry/registry';
import { isTypeDefinitionNode, type ObjectTypeDefinitionNode, parse } from 'graphql';
import { parse as parseYaml } from 'yaml';
import type { Names } from './names.ts';

/** Folders that hold something under its name: workspaces, kustomizations, and what they deploy. */
const FOLDERS = ['.', 'packages', 'subgraphs', 'k8s/base', 'k8s/overlays/local', 'k8s/overlays/production'];

/** Returns what has a name already, such as `Movie has a field awards`; undefined when the name is free. */
export function takenBy(root: string, { subgraphs }: Registry, { name, type }: Names): string | undefined {
  if (subgraphs.some((subgraph) => subgraph.name === name)) return `supergraph.yaml lists a subgraph ${name}`;
  const folder = FOLDERS.map((each) => path.join(each, name)).find((each) => existsSync(path.join(root, each)));
  if (folder !== undefined) return `there is a folder ${folder}`;
  const { services, volumes } = parseYaml(readFileSync(path.join(root, 'compose.yaml'), 'utf8'), { merge: true });
  if (name in services) return `compose.yaml has a service ${name}`;
  if (`secrets-${name}` in volumes) return `compose.yaml has a volume secrets-${name}`;
  return takenInSchema(readFileSync(path.join(root, 'supergraph.graphql'), 'utf8'), name, type);
}

function takenInSchema(supergraph: string, field: string, type: string): string | undefined {
  const types = parse(supergraph).definitions.filter(isTypeDefinitionNode);
  if (types.some(({ name }) => name.value === type)) return `the supergraph has a type ${type}`;
  const movie = types.find(({ name }) => name.value === 'Movie') as ObjectTypeDefinitionNode | undefined;
  return movie?.fields?.some(({ name }) => name.value === field) ? `Movie has a field ${field}` : undefined;
}
