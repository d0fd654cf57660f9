import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Files } from '@marquee/supergraph-registry/files';
import { REGISTRY_FILE } from '@marquee/supergraph-registry/registry';
import { filled, type Names } from './names.ts';

const TEMPLATES = path.join(import.meta.dirname, '../templates');

/** The migration of the inbox, the same in every subgraph. */
const INBOX = '0000-inbox.sql';

/** Returns every file of a new subgraph, and the registry with it, by path relative to the root. */
export function newFiles(root: string, names: Names, port: number): Files {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const templates = globSync('**/*.tpl', { cwd: TEMPLATES }).map((file) => {
    const template = readFileSync(path.join(TEMPLATES, file), 'utf8');
    return [filled(file.replace(/\.tpl$/, ''), names, port), filled(template, names, port)] as const;
  });
  return new Map([
    ...templates,
    [
      `subgraphs/${names.name}/src/infrastructure/migrations/${INBOX}`,
      read(`packages/inbox-outbox/migrations/${INBOX}`),
    ],
    [REGISTRY_FILE, withSubgraph(read(REGISTRY_FILE), names.name, port)],
  ]);
}

function withSubgraph(registry: string, name: string, port: number): string {
  return `${registry.trimEnd()}
  ${name}:
    routing_url: http://localhost:${port}/graphql
    schema:
      file: ./subgraphs/${name}/schema.graphql
`;
}
