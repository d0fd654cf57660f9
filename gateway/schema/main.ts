import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { buildSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { parse as parseYaml } from 'yaml';
import { readSupergraphConfig } from '../composition/supergraph-config.ts';
import { apiSchema } from './api-schema.ts';
import { acceptedChanges, compareSchemas } from './breaking-changes.ts';
import { missingDescriptions } from './descriptions.ts';
import { schemaReference } from './reference.ts';

const USAGE = `node gateway/schema/main.ts check | reference | release [--root FOLDER]

  check      fails when the schema breaks clients of the last release, lacks a description, or has a stale reference
  reference  writes docs/schema/reference.md from supergraph.graphql
  release    makes the schema of supergraph.graphql the one that later ones are compared with
`;

const ACCEPTED_HEADER = `# Breaking changes since docs/schema/released.graphql that were decided on: - change: "…", reason: "…"
`;

await runCommand(run);

async function run(): Promise<number> {
  const { command, root } = readOptions();
  const schema = apiSchema(join(root, 'supergraph.graphql'));
  const folder = join(root, 'docs/schema');
  const files = {
    released: join(folder, 'released.graphql'),
    accepted: join(folder, 'breaking-changes.yaml'),
    reference: join(folder, 'reference.md'),
  };
  if (command === 'reference') {
    writeFileSync(files.reference, schemaReference(schema));
    return EXIT.ok;
  }
  if (command === 'release') {
    writeFileSync(files.released, `${printSchema(lexicographicSortSchema(schema))}\n`);
    writeFileSync(files.accepted, ACCEPTED_HEADER);
    return EXIT.ok;
  }
  const accepted = acceptedChanges(parseYaml(readFileSync(files.accepted, 'utf8')));
  const { unaccepted, stale } = await compareSchemas(
    buildSchema(readFileSync(files.released, 'utf8')),
    schema,
    accepted,
  );
  const undescribed = readSupergraphConfig(join(root, 'supergraph.yaml')).subgraphs.flatMap(({ file, sdl }) =>
    missingDescriptions(file, sdl),
  );
  const mistakes = [
    ...unaccepted.map(
      (change) => `breaks clients: ${change} Undo it, or record it with a reason in ${files.accepted}.`,
    ),
    ...stale.map((change) => `${files.accepted} accepts a change that does not exist: ${change}`),
    ...undescribed,
    ...(readFileSync(files.reference, 'utf8') === schemaReference(schema)
      ? []
      : [`${files.reference} is stale: run \`npm run schema:reference\`.`]),
  ];
  for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
  return mistakes.length === 0 ? EXIT.ok : EXIT.failed;
}

function readOptions() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { root: { type: 'string', default: '.' } },
    });
    const [command = '', ...rest] = positionals;
    if (!['check', 'reference', 'release'].includes(command) || rest.length > 0) throw new Error('Name one command.');
    return { command, root: values.root };
  } catch (error) {
    throw new MarqueeError('USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
