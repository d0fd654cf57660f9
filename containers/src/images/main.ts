import path from 'node:path';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { Argument, Command, CommanderError } from 'commander';
import { buildImages, projectVersion } from './build.ts';
import { type Deployable, deployablesOf } from './deployables.ts';
import { requireEngine } from './docker.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

const NOTES = `
Packages come from the registry of your npm settings (npm config list), with their credentials, proxy and certificates: where these
are not npm's own defaults, the build reaches the registry through this command, so that none of them gets into an image.

Exit codes: 0 built; 1 a build failed; 2 usage; 3 no Docker engine answers.`;

interface Options {
  readonly tag?: string;
  readonly json: boolean;
  readonly verbose: boolean;
}

process.exitCode = await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<number> {
  try {
    const deployables = deployablesOf(ROOT);
    await commandOf(deployables).parseAsync(argv, { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    process.stderr.write(`${messageOf(error).replace(/^error: /, '')}\n`);
    if (error instanceof CommanderError) return EXIT.usage;
    return error instanceof MarqueeError ? error.exitCode : EXIT.failed;
  }
}

function commandOf(deployables: readonly Deployable[]): Command {
  const all = deployables.map(({ name }) => name);
  return new Command('npm run images --')
    .description('Builds the images of Marquee with the Docker engine that runs here (DOCKER_HOST).')
    .addArgument(new Argument('[names...]', 'which; all without').choices(all))
    .option('--tag <tag>', "tag of the images; the project's version without")
    .option('--json', 'print what was built as one JSON array on stdout', false)
    .option('--verbose', 'show what the builds print, on stderr', false)
    .addHelpText('after', NOTES)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
    .action((names: string[], options: Options) => {
      const named = names.length > 0 ? names : all;
      const chosen = named.flatMap((each) => deployables.filter(({ name }) => name === each));
      return build(chosen, options);
    });
}

async function build(deployables: readonly Deployable[], { tag, json, verbose }: Options): Promise<void> {
  await requireEngine();
  const images = await buildImages({
    root: ROOT,
    deployables,
    tag: tag ?? (await projectVersion(ROOT)),
    onOutput: (chunk) => void (verbose && process.stderr.write(chunk)),
    onBuilt: ({ name, ownBytes, seconds }) => {
      if (!json) process.stdout.write(`${name}  ${(ownBytes / 1e6).toFixed(1)} MB on top of the base  ${seconds} s\n`);
    },
  });
  if (json) process.stdout.write(`${JSON.stringify(images)}\n`);
}
