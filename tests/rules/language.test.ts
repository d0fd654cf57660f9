import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';

const SCRIPT = path.resolve(import.meta.dirname, '../language/main.ts');

function check(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' });
  return { status, stdout, lines: stderr.split('\n').filter((line) => line !== '') };
}

/** Creates a repository with the script's path in its first commit, and returns functions that add to it. */
function repository(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'marquee-language-'));
  t.after(() => rmSync(root, { recursive: true }));
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { cwd: root });
  const commit = (subject: string, files: Readonly<Record<string, string>> = {}) => {
    for (const [file, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), text);
    }
    git('add', '.');
    git('commit', '--quiet', '--allow-empty', '--message', subject);
  };
  git('init', '--quiet');
  commit('long '.repeat(20));
  commit('tests: add the check', { 'tests/language/main.ts': '' });
  return { root, git, commit };
}

test('a docstring that begins with an excluded word is a violation, wherever it is in the file', (t) => {
  const { root, commit } = repository(t);
  commit('source: add', {
    'source/a.ts': [
      '/** What a movie has. */',
      'export interface Movie {',
      '  /** Whether it is pornographic. */',
      '  readonly adult: boolean;',
      '  /** Whatever is known, Where TMDb has it. */',
      '  readonly note: string;',
      '}',
      '/**',
      ' * Of all movies, the first.',
      ' */',
      'export const first = 1;',
      '/* What is no docstring. */',
      "export const text = '/** Who is a text. */';",
    ].join('\n'),
  });
  const { status, lines } = check('--root', root);
  assert.equal(status, 1);
  assert.deepEqual(
    lines.map((line) => line.split(';')[0]),
    ['source/a.ts:1: begins with "What"', 'source/a.ts:3: begins with "Whether"', 'source/a.ts:8: begins with "Of"'],
  );
});

test('a schema description that begins with an excluded word is a violation', (t) => {
  const { root, commit } = repository(t);
  commit('subgraphs: add', {
    'subgraphs/awards/schema.graphql':
      '"Where reading starts."\ntype Query {\n  "An award."\n  award("Those of a year." year: Int): Int\n}\n',
  });
  const { status, lines } = check('--root', root);
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /graphql:1: begins with "Where".*\n.*graphql:4: begins with "Those"/);
});

test('generated files and files outside of the repository are not checked', (t) => {
  const { root, commit } = repository(t);
  commit('source: add', { 'source/generated/a.ts': '/** What is generated. */\nexport const a = 1;\n' });
  writeFileSync(path.join(root, 'untracked.ts'), '/** What is not tracked. */\nexport const a = 1;\n');
  assert.deepEqual(check('--root', root), { status: 0, stdout: '', lines: [] });
});

test('a subject of more than 72 characters since the check was added is a violation, until a tag', (t) => {
  const { root, git, commit } = repository(t);
  commit('é'.repeat(72));
  assert.equal(check('--root', root).status, 0);
  commit('x'.repeat(73));
  const { status, lines } = check('--root', root);
  assert.equal(status, 1);
  assert.match(lines.join('\n'), /^commit [0-9a-f]+: the subject has more than 72 characters: x+$/);
  git('tag', 'v1');
  assert.equal(check('--root', root).status, 0);
  commit('y'.repeat(73));
  assert.equal(check('--root', root).status, 1);
});

test('--help prints the usage; a wrong argument and a folder without a repository end with 2', () => {
  const help = check('--help');
  assert.equal(help.status, 0);
  assert.match(help.stdout, /--root .*\n(.*\n)*.*Exit codes/);
  assert.equal(check('--no-such-option').status, 2);
  const { status, lines } = check('--root', os.tmpdir());
  assert.equal(status, 2);
  assert.match(lines.join('\n'), /run this in a clone/);
});
