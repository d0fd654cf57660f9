import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { readAcceptedChanges } from './accepted-changes.ts';
import { type BreakingEventChange, compareVersions, readSchemaVersion } from './compare-versions.ts';

const USAGE = `node packages/events/release/main.ts check | release [--root FOLDER]

  check    fails when a consumer of the last release rejects events of schemas/, or a consumer of schemas/ rejects stored events
  release  checks, and makes schemas/ the version that later ones are compared with

  --root FOLDER  the folder that contains schemas/ and released/ (packages/events)
  --help         this

Exit codes: 0 compatible, 1 not compatible, 2 invalid arguments.
`;

const ACCEPTED_HEADER = `# Changes since the release that consumers of the release do not survive, and that were decided on: - change: "…", reason: "…"
`;

const NEW_VERSION = 'publish on a new topic version (docs/events.md#a-new-topic-version)';

await runCommand(run);

function run(): number {
  const { command, root, help } = readOptions();
  if (help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const [schemas, released] = [join(root, 'schemas'), join(root, 'released')];
  const accepted = join(released, 'accepted-changes.yaml');
  const mistakes = existsSync(released) ? mistakesOf(schemas, released, accepted) : [];
  if (command === 'check' && !existsSync(released))
    mistakes.push(`${released} is missing: run \`npm run events:release\`.`);
  for (const mistake of mistakes) process.stderr.write(`${mistake}\n`);
  if (mistakes.length > 0) return EXIT.failed;
  if (command === 'release') {
    rmSync(released, { recursive: true, force: true });
    mkdirSync(released);
    cpSync(schemas, released, { recursive: true });
    writeFileSync(accepted, ACCEPTED_HEADER);
  }
  return EXIT.ok;
}

function mistakesOf(schemas: string, released: string, acceptedFile: string): string[] {
  const changes = compareVersions(readSchemaVersion(released), readSchemaVersion(schemas));
  const accepted = readAcceptedChanges(acceptedFile);
  const isAccepted = (change: BreakingEventChange) => accepted.some((entry) => entry.change === nameOf(change));
  const file = relative(process.cwd(), acceptedFile);
  return [
    ...changes
      .filter((change) => change.breaks.includes('next') || !isAccepted(change))
      .map((change) => report(change, file)),
    ...accepted
      .filter((entry) => !changes.some((change) => nameOf(change) === entry.change))
      .map((entry) => `${file} accepts a change that does not exist: ${entry.change}`),
  ];
}

/** Returns the name of a change, by which it is accepted. */
function nameOf({ event, path, change }: BreakingEventChange): string {
  return `${event}${path === '' ? '' : ` ${path}`}: ${change}`;
}

/** Describes a change: the difference, the consumers that it breaks, and the ways out. */
function report(change: BreakingEventChange, acceptedFile: string): string {
  if (change.breaks.includes('next')) {
    const both = change.breaks.includes('released') ? ', and consumers of the release new events' : '';
    return `${nameOf(change)}. Consumers of this version would not read stored events as they are${both}. Undo it, or ${NEW_VERSION}.`;
  }
  return (
    `${nameOf(change)}. Consumers of the release would reject new events. Undo it, ${NEW_VERSION}, ` +
    `or record it with a reason in ${acceptedFile} and upgrade all consumers before the first producer.`
  );
}

function readOptions() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: {
        root: { type: 'string', default: fileURLToPath(new URL('..', import.meta.url)) },
        help: { type: 'boolean', default: false },
      },
    });
    const [command = '', ...rest] = positionals;
    if (!values.help && (!['check', 'release'].includes(command) || rest.length > 0)) {
      throw new Error('Name one command.');
    }
    return { command, ...values };
  } catch (error) {
    throw new MarqueeError('USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
