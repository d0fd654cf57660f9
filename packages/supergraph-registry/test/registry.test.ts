import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { portVariable, readRegistry, readSchema } from '../src/registry.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');

function registry(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'marquee-registry-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, 'supergraph.yaml');
  writeFileSync(file, text);
  return file;
}

const subgraph = (name: string, url: string) =>
  `  ${name}:\n    routing_url: ${url}\n    schema:\n      file: ./${name}.graphql\n`;
const withSubgraphs = (...subgraphs: string[]) => `federation_version: =2.14.4\nsubgraphs:\n${subgraphs.join('')}`;

test('the registry of the repository lists its subgraphs with their ports and schemas', () => {
  const file = path.join(ROOT, 'supergraph.yaml');
  const { subgraphs } = readRegistry(file);
  assert.deepEqual(
    subgraphs.slice(0, 2).map(({ name, port }) => [name, port]),
    [
      ['movies', 4001],
      ['people', 4002],
    ],
  );
  for (const each of subgraphs) assert.match(readSchema(file, each), /type Query/);
});

test('an address without a port has that of its protocol', (t) => {
  const file = registry(t, withSubgraphs(subgraph('a', 'http://a/graphql'), subgraph('b', 'https://b/graphql')));
  assert.deepEqual(
    readRegistry(file).subgraphs.map(({ port }) => port),
    [80, 443],
  );
});

test('a mistake is reported with the file and the place in it', (t) => {
  const address = 'http://localhost:4001/graphql';
  const table: [string, RegExp][] = [
    ['subgraphs: [', /supergraph\.yaml: .*line 1/],
    [withSubgraphs(subgraph('Movies', address)), /must be lower-case letters.*subgraphs\.Movies/],
    [
      withSubgraphs(subgraph('movies', 'localhost:4001')),
      /must be an http\(s\) address.*subgraphs\.movies\.routing_url/,
    ],
    [
      withSubgraphs(subgraph('movies', address), subgraph('scores', address)),
      /is http:\/\/localhost:4001\/graphql, as that of movies is.*subgraphs\.scores\.routing_url/,
    ],
    [withSubgraphs(subgraph('movies', address).replace('file', 'path')), /subgraphs\.movies\.schema/],
    [withSubgraphs(subgraph('movies', address)).replace('=2.14.4', '"2"'), /one exact version.*federation_version/],
  ];
  for (const [text, message] of table) {
    assert.throws(() => readRegistry(registry(t, text)), {
      code: 'INVALID_SUPERGRAPH_CONFIG',
      exitCode: 2,
      message,
    });
  }
});

test('a file that is not there is reported', (t) => {
  const file = registry(t, withSubgraphs(subgraph('movies', 'http://localhost:4001/graphql')));
  const [movies] = readRegistry(file).subgraphs;
  assert.ok(movies);
  assert.throws(() => readSchema(file, movies), { code: 'INVALID_SUPERGRAPH_CONFIG', message: /movies\.graphql/ });
  assert.throws(() => readRegistry('/nowhere/supergraph.yaml'), { message: /^\/nowhere\/supergraph\.yaml: ENOENT/ });
});

test('the variable of a port is a name that a shell takes', () => {
  assert.equal(portVariable('movies'), 'MOVIES_PORT');
  assert.equal(portVariable('box-office'), 'BOX_OFFICE_PORT');
});
