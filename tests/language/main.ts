import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { runCommand } from '@marquee/runtime/run-command';
import { descriptionOpenings, docstringOpenings } from './openings.ts';

const USAGE = `node tests/language/main.ts [--root FOLDER]

  Checks the files and commits of a git repository against the language rules of CONTRIBUTING.md:
  - no docstring in TypeScript and no description in a subgraph's schema begins with What, Where, Who, Whether, Of or Those
  - commit subjects since the last tag, or since the commit that added this check, have at most 72 characters

  --root  the repository; by default the working folder

  Exit codes: 0 no violation, 1 violations (one a line on stderr), 2 wrong arguments or no repository
`;

const MAX_SUBJECT = 72;

await runCommand(run);

function run(): number {
  const { root, help } = readOptions();
  if (help) {
    process.stdout.write(USAGE);
    return EXIT.ok;
  }
  const violations = [...openings(root), ...longSubjects(root)];
  for (const violation of violations) process.stderr.write(`${violation}\n`);
  return violations.length === 0 ? EXIT.ok : EXIT.failed;
}

function openings(root: string): string[] {
  const files = git(root, 'ls-files', '--', '*.ts', 'subgraphs/*/schema.graphql').filter(
    (file) => !file.includes('/generated/'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    const found = file.endsWith('.graphql') ? descriptionOpenings(text) : docstringOpenings(file, text);
    return found.map(({ line, word }) => `${file}:${line}: begins with "${word}"; begin with a noun or a verb`);
  });
}

function longSubjects(root: string): string[] {
  const [tag] = git(root, 'tag', '--merged', 'HEAD', '--sort=-creatordate');
  const [introduction] = git(root, 'log', '--diff-filter=A', '--format=%H', '-1', '--', 'tests/language/main.ts');
  const since = tag ?? introduction;
  if (since === undefined) return [];
  return git(root, 'log', '--format=%h %s', `${since}..HEAD`)
    .map((line) => ({ hash: line.slice(0, line.indexOf(' ')), subject: line.slice(line.indexOf(' ') + 1) }))
    .filter(({ subject }) => [...subject].length > MAX_SUBJECT)
    .map(({ hash, subject }) => `commit ${hash}: the subject has more than ${MAX_SUBJECT} characters: ${subject}`);
}

function git(root: string, ...args: string[]): string[] {
  try {
    const output = execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 2 ** 26,
    });
    return output.split('\n').filter((line) => line !== '');
  } catch (error) {
    throw new MarqueeError('GIT_FAILED', `git ${args[0]} failed in ${root}: run this in a clone. ${messageOf(error)}`, {
      exitCode: EXIT.usage,
      cause: error,
    });
  }
}

function readOptions(): { root: string; help: boolean } {
  try {
    const options = { root: { type: 'string', default: '.' }, help: { type: 'boolean', default: false } } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    throw new MarqueeError('USAGE', `${messageOf(error)}\n\n${USAGE}`, { exitCode: EXIT.usage });
  }
}
