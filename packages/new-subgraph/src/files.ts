import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { MarqueeError } from '@marquee/runtime/errors';
import { REGISTRY_FILE } from '@marquee/supergraph-registry/registry';
import { filled, type Names } from './names.ts';

const TEMPLATES = path.join(import.meta.dirname, '../templates');

/** The table of the parts of a movie. */
const PARTS_FILE = 'ingest/src/domain/movie-parts.ts';

/** The migration of the inbox, the same in every subgraph. */
const INBOX = 'src/infrastructure/migrations/0000-inbox.sql';

/** Returns every file of a new subgraph, and those that it changes, by path relative to the root. */
export function filesOf(root: string, names: Names, port: number, existing: string): ReadonlyMap<string, string> {
  const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
  const templates = globSync('**/*.tpl', { cwd: TEMPLATES }).map((file) => {
    const template = readFileSync(path.join(TEMPLATES, file), 'utf8');
    return [filled(file.replace(/\.tpl$/, ''), names, port), filled(template, names, port)] as const;
  });
  return new Map([
    ...templates,
    [`subgraphs/${names.name}/${INBOX}`, read(`subgraphs/${existing}/${INBOX}`)],
    [REGISTRY_FILE, withSubgraph(read(REGISTRY_FILE), names.name, port)],
    [PARTS_FILE, withPart(read(PARTS_FILE), names.name)],
  ]);
}

export function writeFiles(root: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
}

function withSubgraph(registry: string, name: string, port: number): string {
  return `${registry.trimEnd()}
  ${name}:
    routing_url: http://localhost:${port}/graphql
    schema:
      file: ./subgraphs/${name}/schema.graphql
`;
}

/** Adds the part of a new subgraph to the table, made by its mapper of the details of a movie. */
function withPart(source: string, name: string): string {
  const mapper = `toMovie${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
  const table = /(export const MOVIE_PARTS = \{\n(?: {2}.*\n)*)(\};\n)/;
  if (!table.test(source)) {
    throw new MarqueeError('UNKNOWN_PARTS', `${PARTS_FILE} has no table MOVIE_PARTS to which a part could be added.`);
  }
  const part = `  ${name}: part(['details'], ({ details }) => ${mapper}(details)),\n`;
  return `import { ${mapper} } from './movie-${name}.ts';\n${source.replace(table, `$1${part}$2`)}`;
}
