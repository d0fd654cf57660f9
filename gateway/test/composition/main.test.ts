import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import compositionPackage from '@apollo/composition/package.json' with { type: 'json' };

const main = fileURLToPath(new URL('../../composition/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key", "@shareable"])';
const movies = `${LINK} type Query { movie(id: ID!): Movie } type Movie @key(fields: "id") { id: ID! title: String }`;
const scores = `${LINK} type Movie @key(fields: "id") { id: ID! score: Float }`;

const configuration = (version = compositionPackage.version) => `federation_version: =${version}
subgraphs:
  movies:
    routing_url: http://localhost:4001/graphql
    schema:
      file: ./movies/schema.graphql
  scores:
    routing_url: http://localhost:4002/graphql
    schema:
      file: ./scores/schema.graphql
`;

/** Creates a folder with files, and runs the command in it. */
function project(t: TestContext, files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'marquee-compose-'));
  t.after(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const run = (...args: string[]) => spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  return { file: (path: string) => join(folder, path), run };
}

const both = (moviesSchema = movies, scoresSchema = scores) => ({
  'supergraph.yaml': configuration(),
  'movies/schema.graphql': moviesSchema,
  'scores/schema.graphql': scoresSchema,
});

test('the subgraphs compose to the committed supergraph', () => {
  const { status, stderr } = spawnSync(process.execPath, [main, '--check'], { cwd: root, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
});

test('a supergraph is written, fresh, and stale once a schema or the file changes', (t) => {
  const { file, run } = project(t, both());
  assert.match(run('--check').stderr, /supergraph\.graphql is stale: run `npm run compose`/);
  assert.equal(run().status, 0);
  const written = readFileSync(file('supergraph.graphql'), 'utf8');
  assert.match(written, /MOVIES @join__graph\(name: "movies", url: "http:\/\/localhost:4001\/graphql"\)/);
  assert.ok(written.endsWith('}\n') && !written.endsWith('\n\n'));
  assert.equal(run('--check').status, 0);

  writeFileSync(file('scores/schema.graphql'), scores.replace('score: Float', 'score: Float votes: Int'));
  const stale = run('--check');
  assert.equal(stale.status, 1);
  assert.match(stale.stderr, /is stale/);
  assert.equal(run().status, 0);
  appendFileSync(file('supergraph.graphql'), '# by hand\n');
  assert.equal(run('--check').status, 1);
});

test('subgraphs that do not compose are named with the error, and nothing is written', (t) => {
  const table: [string, string, RegExp][] = [
    ['type Query {', scores, /\[movies\] \.\/movies\/schema\.graphql:1:13: Syntax Error: Expected Name/],
    [movies.replace('title: String', 'title: Strin'), scores, /\[movies\] .*Unknown type.*Strin/],
    [movies.replace('"id"', '"number"'), scores, /\[movies\] KEY_INVALID_FIELDS: .*number/],
    [
      movies,
      scores.replace('score: Float', 'title: String'),
      /\[movies, scores\] INVALID_FIELD_SHARING: .*"Movie\.title"/,
    ],
    [
      movies.replace('title: String', 'title: String @shareable'),
      scores.replace('score: Float', 'title: Int @shareable'),
      /\[movies, scores\] FIELD_TYPE_MISMATCH: /,
    ],
  ];
  for (const [moviesSchema, scoresSchema, message] of table) {
    for (const args of [[], ['--check']]) {
      const { file, run } = project(t, both(moviesSchema, scoresSchema));
      const { status, stderr } = run(...args);
      assert.equal(status, 1);
      assert.match(stderr, /^The subgraphs do not compose:\n {2}/);
      assert.match(stderr, message);
      assert.throws(() => readFileSync(file('supergraph.graphql')), { code: 'ENOENT' });
    }
  }
});

test('invalid arguments or configuration exit with code 2 and a message', (t) => {
  const { 'scores/schema.graphql': _missing, ...incomplete } = both();
  const table: [Record<string, string>, string[], RegExp][] = [
    [{}, [], /supergraph\.yaml: ENOENT/],
    [both(), ['--frobnicate'], /Unknown option '--frobnicate'[\s\S]*npm run compose/],
    [{ ...both(), 'supergraph.yaml': 'subgraphs: [' }, [], /supergraph\.yaml: /],
    [{ ...both(), 'supergraph.yaml': 'subgraphs: {}' }, [], /federation_version/],
    [
      { ...both(), 'supergraph.yaml': configuration('2.0.0') },
      [],
      /federation_version is 2\.0\.0, but .* is installed/,
    ],
    [incomplete, [], /supergraph\.yaml: ENOENT.*scores\/schema\.graphql/],
  ];
  for (const [files, args, message] of table) {
    const { status, stderr } = project(t, files).run(...args);
    assert.match(stderr, message);
    assert.equal(status, 2);
  }
});
