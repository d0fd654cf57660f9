import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { staleFiles, writeFiles } from '../src/files.ts';
import { REGISTRY_FILE, readRegistry } from '../src/registry.ts';
import { generatedFiles } from './generated-files.ts';

const USAGE = `npm run generate -w packages/supergraph-registry -- [--check] [--root FOLDER]

Writes the files that follow from supergraph.yaml: services, scrape targets and lists of subgraphs.
  --check   writes nothing; fails when one of them is stale
  --root    the repository (this one)

Exit codes: 0 done; 1 a file is stale; 2 a mistake in arguments or in supergraph.yaml.
`;

await runCommand(run);

function run(): number {
  const { check, help, root } = readOptions();
  if (help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const files = generatedFiles(root, readRegistry(join(root, REGISTRY_FILE)).subgraphs);
  if (!check) {
    writeFiles(root, files);
    return EXIT.ok;
  }
  const stale = staleFiles(root, files);
  for (const file of stale) {
    process.stderr.write(`${file} is stale: run \`npm run generate -w packages/supergraph-registry\`\n`);
  }
  return stale.length === 0 ? EXIT.ok : EXIT.failed;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        root: { type: 'string', default: join(import.meta.dirname, '../../..') },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new MarqueeError('USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
