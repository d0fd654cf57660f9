import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { staleFiles, writeFiles } from '@marquee/supergraph-registry/files';
import { compose } from './compose.ts';
import { readSupergraphConfig } from './supergraph-config.ts';

const USAGE = `npm run compose -- [--check] [--config FILE]

Composes the subgraphs that FILE (supergraph.yaml) names, and writes supergraph.graphql beside it.
  --check   writes nothing; fails when the subgraphs do not compose or supergraph.graphql is stale
`;

await runCommand(run);

function run(): number {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const folder = dirname(options.config);
  const files = new Map([['supergraph.graphql', compose(readSupergraphConfig(options.config))]]);
  const file = join(folder, 'supergraph.graphql');
  if (!options.check) {
    writeFiles(folder, files);
    process.stdout.write(`${file} written\n`);
    return EXIT.ok;
  }
  if (staleFiles(folder, files).length === 0) return EXIT.ok;
  process.stderr.write(`${file} is stale: run \`npm run compose\`\n`);
  return EXIT.failed;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        config: { type: 'string', default: 'supergraph.yaml' },
        help: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new MarqueeError('USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
