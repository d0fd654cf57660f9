import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

const root = path.resolve(import.meta.dirname, '../..');
const pages = ['README.md', 'CONTRIBUTING.md', ...globSync('{docs,examples,ingest}/**/*.md', { cwd: root })].filter(
  (page) => !page.includes('node_modules'),
);

/** Finds commands that run TypeScript, in blocks and in sentences. In a container `node` is the image's own. */
const commands = pages.flatMap((page) =>
  [
    ...readFileSync(path.join(root, page), 'utf8').matchAll(/(?:^|`)((?:[\w=]+ )*(?:npx )?node [^`\n]*?[a-z]\.ts)\b/gm),
  ].map(([, command = '']) => ({ page, command })),
);

describe('documented commands that run TypeScript', () => {
  test('are found', () => assert.ok(commands.length >= 8));

  for (const { page, command } of commands) {
    test(`run on the Node of npm ci: ${page}: ${command}`, () => {
      assert.match(command, /\bnpx node /);
      const file = command.split(' ').at(-1) ?? '';
      assert.ok(
        [root, path.join(root, 'subgraphs/movies')].some((folder) => existsSync(path.join(folder, file))),
        file,
      );
    });
  }

  test('npx runs that Node at the root and in a workspace', () => {
    const { engines } = JSON.parse(readFileSync(path.join(root, 'gateway/package.json'), 'utf8'));
    const least = Number(/\d+/.exec(engines.node)?.[0]);
    for (const folder of ['.', 'subgraphs/movies']) {
      const version = execFileSync('npx', ['node', '-p', 'process.versions.node'], {
        cwd: path.join(root, folder),
        encoding: 'utf8',
      });
      assert.ok(Number.parseInt(version, 10) >= least, version);
    }
  });
});
