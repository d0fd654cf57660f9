import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { writeFiles } from '@marquee/supergraph-registry/files';
import { REGISTRY_FILE, type Registry, readRegistry } from '@marquee/supergraph-registry/registry';
import { Command, CommanderError } from 'commander';
import { NAME, namesOf } from './names.ts';
import { newFiles } from './new-files.ts';
import { takenBy } from './taken.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

const NOTES = `
Writes the subgraph NAME: its folder in subgraphs, the schema of its event, a mapper in ingest, its kustomizations and its entry in
supergraph.yaml; then generates what follows from them. docs/adding-a-subgraph.md explains each file.

Exit codes: 0 written; 1 a command that generates something failed; 2 the name is taken or not valid, or a mistake in arguments.`;

interface Options {
  readonly port?: string;
  readonly install: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  const command = new Command('npm run new:subgraph --')
    .description('Adds a subgraph with one field of Movie, which comes from a topic of its own.')
    .argument('<name>', 'the name of the subgraph and of the field, such as awards')
    .option('--port <number>', 'the port it listens on; the next free one of supergraph.yaml without')
    .option('--no-install', 'do not run npm install, which links the new workspace')
    .addHelpText('after', NOTES)
    .allowExcessArguments(false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action(addSubgraph);
  try {
    await command.parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    process.stderr.write(`${messageOf(error).replace(/^error: /, '')}\n`);
    if (error instanceof CommanderError) return EXIT.usage;
    return error instanceof MarqueeError ? error.exitCode : EXIT.failed;
  }
}

function addSubgraph(name: string, options: Options): void {
  if (!NAME.test(name)) {
    throw usage(`${JSON.stringify(name)} is not valid: use 2 to 30 lower-case letters and digits, a letter first.`);
  }
  const registry = readRegistry(path.join(ROOT, REGISTRY_FILE));
  const names = namesOf(name);
  const owner = takenBy(ROOT, registry, names);
  if (owner !== undefined) throw usage(`The name ${name} is taken: ${owner}. Choose another one.`);
  const port = portOf(registry, options.port);
  const files = newFiles(ROOT, names, port);
  writeFiles(ROOT, files);
  const run = (...args: readonly string[]) => requireSuccess(process.execPath, args);
  run('packages/events/generation/main.ts');
  run('packages/supergraph-registry/generation/main.ts');
  run('gateway/composition/main.ts');
  run('gateway/schema/main.ts', 'reference');
  const written = [...files.keys()].filter((file) => /\.(ts|json|graphql)$/.test(file));
  requireSuccess('node_modules/.bin/biome', ['check', '--write', '--vcs-enabled=false', ...written]);
  if (options.install) requireSuccess('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund']);
  process.stdout.write(
    `The subgraph ${name} listens on port ${port}. Next: npm start, and { movie(id: "603") { ${name} { name } } }.\n`,
  );
}

/** Returns the chosen port, or the one after the highest of the registry. */
function portOf({ subgraphs }: Registry, chosen: string | undefined): number {
  if (chosen === undefined) return Math.max(...subgraphs.map(({ port }) => port)) + 1;
  const port = Number(chosen);
  if (!/^\d{1,5}$/.test(chosen) || port < 1024 || port > 65_535) {
    throw usage(`--port must be a whole number from 1024 to 65535, not ${JSON.stringify(chosen)}.`);
  }
  const other = subgraphs.find((subgraph) => subgraph.port === port);
  if (other !== undefined) throw usage(`The port ${port} is taken: ${other.name} listens on it. Choose another one.`);
  return port;
}

function requireSuccess(command: string, args: readonly string[]): void {
  const { status, error, stdout, stderr } = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8' });
  if (status === 0) return;
  const reason = error ? messageOf(error) : `${stdout}\n${stderr}`.trim();
  throw new MarqueeError('GENERATION_FAILED', `${[path.basename(command), ...args].join(' ')} failed:\n${reason}`);
}

function usage(message: string): MarqueeError {
  return new MarqueeError('USAGE', message, { exitCode: EXIT.usage });
}
