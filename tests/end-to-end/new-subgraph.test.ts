import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { copyCheckout } from '../src/checkout-copy.ts';
import { removeState, type Stack, startStack } from './stack.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const FOLDERS = [
  'packages',
  'subgraphs',
  'gateway',
  'ingest',
  'local-stack',
  'containers',
  'k8s',
  'tests',
  'docs',
  'bench',
  'examples',
];
const FILES = ['supergraph.yaml', 'supergraph.graphql', 'compose.yaml', 'package.json', 'tsconfig.json', 'biome.json'];

/** Files that are derived from others; generated ones are marked. */
const DERIVED = ['supergraph.graphql', 'docs/schema/reference.md'];

describe('npm run new:subgraph', { timeout: 900_000 }, () => {
  let copy: string;
  before(async () => {
    copy = await copyCheckout(ROOT, [...FOLDERS, ...FILES]);
  });
  after(() => rm(copy, { recursive: true, force: true }));

  const run = (command: string, ...args: string[]) => {
    const { NODE_TEST_CONTEXT: _, ...env } = process.env;
    return spawnSync(command, args, { cwd: copy, env, encoding: 'utf8' });
  };
  // Installed packages are links here: an install would change those of this checkout.
  const add = (...args: string[]) =>
    run(process.execPath, 'packages/new-subgraph/src/main.ts', '--no-install', ...args);
  const succeed = (command: string, ...args: string[]) => {
    const { status, stdout, stderr } = run(command, ...args);
    assert.equal(status, 0, `${stdout}\n${stderr}`);
  };
  const read = (root: string, file: string) => readFileSync(path.join(root, file), 'utf8');

  /** Files of the copy that this checkout does not have, or has with another text. */
  const changed = () =>
    globSync([`{${FOLDERS}}/**/*`, ...FILES], { cwd: copy, withFileTypes: true, exclude: ['**/node_modules'] })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(copy, path.join(entry.parentPath, entry.name)))
      .filter((file) => !existsSync(path.join(ROOT, file)) || read(copy, file) !== read(ROOT, file))
      .toSorted();

  test('invalid arguments exit with code 2 and one message, and write nothing', () => {
    const table: [string[], RegExp][] = [
      [[], /missing required argument 'name'/],
      [['awards', 'more'], /too many arguments/],
      [['Awards'], /"Awards" is not valid: use 2 to 30 lower-case letters/],
      [['movies'], /The name movies is taken: supergraph\.yaml lists a subgraph movies\. Choose another one\./],
      [['gateway'], /taken: there is a folder gateway/],
      [['grafana'], /taken: compose\.yaml has a service grafana/],
      [['vault'], /taken: compose\.yaml has a volume secrets-vault/],
      [['cast'], /taken: Movie has a field cast/],
      [['reviews'], /taken: the supergraph has a type Review/],
      [['awards', '--port', '4002'], /The port 4002 is taken: people listens on it/],
      [['awards', '--port', '80'], /--port must be a whole number from 1024/],
    ];
    for (const [args, message] of table) {
      const { status, stderr } = add(...args);
      assert.equal(status, 2, stderr);
      assert.match(stderr, message);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    }
    assert.match(add('--help').stdout, /Exit codes: 0 written/);
    assert.deepEqual(changed(), []);
  });

  test('writes a folder, an event, a mapper and a registry entry, and generates the rest', () => {
    const { status, stderr } = add('awards');
    assert.equal(status, 0, stderr);
    const written = changed().filter(
      (file) => !DERIVED.includes(file) && !/^(#|\/\*) Generated /m.test(read(copy, file)),
    );
    const isIn = (folder: string) => (file: string) => file.startsWith(`${folder}/`);
    assert.deepEqual(
      written.filter((file) => !['subgraphs/awards', 'k8s'].some((folder) => isIn(folder)(file))),
      ['ingest/src/domain/movie-awards.ts', 'packages/events/schemas/movie-awards.v1.json', 'supergraph.yaml'],
    );
    assert.deepEqual(written.filter(isIn('k8s')), [
      'k8s/base/awards/kustomization.yaml',
      'k8s/base/awards/service.yaml',
      'k8s/overlays/production/awards/kustomization.yaml',
    ]);
    assert.ok(written.some(isIn('subgraphs/awards')));
    assert.equal(add('awards').status, 2, 'it is there once');
  });

  test('its types, tests and manifests pass', () => {
    succeed('node_modules/.bin/tsc', '-p', 'tsconfig.json');
    succeed(process.execPath, '--test', 'subgraphs/awards/test/**/*.test.ts');
    succeed(process.execPath, '--test', 'tests/manifests/kustomizations.test.ts', 'tests/manifests/rules.test.ts');
  });

  test('the gateway resolves its field', async () => {
    const stack: Stack = await startStack({ root: copy });
    try {
      const { movie } = await stack.graphql<{ movie: { title: string; awards: { name: string }[] } }>(
        '{ movie(id: "603") { title awards { name } } }',
      );
      assert.equal(movie.title, 'The Matrix');
      assert.ok(movie.awards.length > 0 && movie.awards.every(({ name }) => name !== ''));
    } finally {
      await stack.stop();
      await removeState(stack);
    }
  });
});
