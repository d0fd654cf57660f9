import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { compose, configuration, folder, LINK, main, movies, project, root, scores } from './project.ts';

test('a release without changes passes', (t) => {
  const { check } = project(t);
  const { status, stdout } = check('movies');
  assert.equal(status, 0);
  assert.match(stdout, /^note: Actor works neither before nor after\nmay be released\n$/);
});

test('a new field is reported, and its subgraph is rolled out before the supergraph', (t) => {
  const { check, release, write, read } = project(t);
  write('subgraphs/movies/schema.graphql', movies.replace('year: Int', 'year: Int runtime: Int'));
  const { status, stdout } = check('movies');
  assert.equal(status, 0);
  assert.match(stdout, /non-breaking: Field 'runtime' was added to object type 'Movie'/);
  assert.doesNotMatch(read(`${folder}/supergraph.graphql`), /runtime/, 'a check writes nothing');

  const released = release('movies');
  assert.equal(released.status, 0, released.stderr);
  assert.match(released.stdout, /k8s\/base\/movies\n.*rollout status.*=movies\n.*k8s\/base\/supergraph\n$/);
  assert.match(read(`${folder}/supergraph.graphql`), /runtime: Int/);
  assert.match(
    read(`${folder}/supergraph.graphql`),
    /MOVIES @join__graph\(name: "movies", url: "http:\/\/movies:4001\/graphql"\)/,
  );
  assert.match(read(`${folder}/movies.graphql`), /runtime: Int/);
  assert.equal(read(`${folder}/scores.graphql`), scores);
});

const actors = `${LINK} type Query { actor: Actor } type Actor @key(fields: "id") { id: ID! name: String }
  type Movie @key(fields: "id") { id: ID! cast: [Actor!] }`;

test('a new subgraph is checked with the deployed ones', (t) => {
  const { check, checkWithInput, read, write } = project(t);
  write('subgraphs/actors/schema.graphql', actors);
  const supergraph = read(`${folder}/supergraph.graphql`);
  const configMap = JSON.stringify({ kind: 'ConfigMap', data: { 'supergraph.graphql': supergraph } });
  for (const { status, stdout, stderr } of [
    check('actors'),
    check('actors', 'movies'),
    checkWithInput(configMap, 'actors', '--deployed', '-'),
    check('actors', '--deployed', `${folder}/supergraph.graphql`, '--schema', 'subgraphs/actors/schema.graphql'),
  ]) {
    assert.equal(status, 0, stderr);
    assert.match(stdout, /note: actors is not deployed yet; its address is to be http:\/\/actors\/graphql/);
    assert.match(stdout, /non-breaking: Field 'cast' was added to object type 'Movie'/);
    assert.doesNotMatch(stdout, /Actor works neither/);
  }
  write('supergraph.yaml', configuration.replaceAll('./', `./${folder}/`).replace('scores:', 'actors:'));
  assert.match(check('actors').stdout, /is to be http:\/\/actors:4002\/graphql/);
  write('subgraphs/actors/schema.graphql', actors.replace('cast:', 'title: String cast:'));
  const refused = check('actors');
  assert.equal(refused.status, 1);
  assert.match(refused.stdout, /does not compose: .*INVALID_FIELD_SHARING/);
});

test('the release of a new subgraph adds it to the deployed schemas', (t) => {
  const { check, release, read, write } = project(t);
  write('subgraphs/actors/schema.graphql', actors);
  write(
    `${folder}/kustomization.yaml`,
    '# kept\nconfigMapGenerator:\n  - name: supergraph\n    files:\n      - movies.graphql\n',
  );
  const { status, stdout, stderr } = release('actors', '--url', 'http://actors:4007/graphql');
  assert.equal(status, 0, stderr);
  assert.match(stdout, /apply -k k8s\/base\/actors\n[\s\S]*apply -k k8s\/base\/supergraph\n$/);
  assert.match(read(`${folder}/supergraph.graphql`), /url: "http:\/\/actors:4007\/graphql"/);
  assert.match(read(`${folder}/kustomization.yaml`), /^# kept\n[\s\S]*- movies.graphql\n +- actors.graphql\n$/);
  const again = check('actors');
  assert.equal(again.status, 0);
  assert.doesNotMatch(again.stdout, /not deployed yet/);
  assert.equal(release('../movies').status, 2);
});

test('only the named subgraph is taken from the working tree', (t) => {
  const { check, write } = project(t);
  write('subgraphs/scores/schema.graphql', 'this is no schema');
  assert.equal(check('movies').status, 0);
  const { status, stdout } = check('scores');
  assert.equal(status, 1);
  assert.match(stdout, /does not compose: \[scores\] .*\nrefused\n$/);
});

test('schemas that do not compose are rejected, and nothing is written', (t) => {
  const { release, write, read } = project(t);
  const before = read(`${folder}/supergraph.graphql`);
  write('subgraphs/scores/schema.graphql', scores.replace('score: Float', 'score: Float title: String'));
  const { status, stdout } = release('scores');
  assert.equal(status, 1);
  assert.match(stdout, /does not compose: \[movies, scores\] INVALID_FIELD_SHARING: .*Movie\.title/);
  assert.equal(read(`${folder}/supergraph.graphql`), before);
});

test("a change that breaks a client's operation is rejected; other removals leave the supergraph first", (t) => {
  const { check, release, write } = project(t);
  write('subgraphs/movies/schema.graphql', movies.replace('title: String', 'name: String'));
  const broken = check('movies');
  assert.equal(broken.status, 1);
  assert.match(broken.stdout, /^breaks Movie: Cannot query field "title" on type "Movie"/);
  assert.match(broken.stdout, /breaking: Field 'title' was removed/);

  write('subgraphs/movies/schema.graphql', movies.replace('year: Int', ''));
  const unused = release('movies');
  assert.equal(unused.status, 0);
  assert.match(unused.stdout, /breaking: Field 'year' was removed/);
  assert.match(
    unused.stdout,
    /apply -k k8s\/base\/supergraph\nnpm run release:wait\nkubectl apply -k k8s\/base\/movies\n/,
  );
});

test('operations are read from manifests of persisted documents, too', (t) => {
  const { check, write } = project(t);
  write('subgraphs/movies/schema.graphql', movies.replace('year: Int', ''));
  const body = 'query Year { movie(id: "1") { year } }';
  const apollo = {
    format: 'apollo-persisted-query-manifest',
    version: 1,
    operations: [{ id: 'a', name: 'Year', type: 'query', body }],
  };
  write('documents/apollo.json', JSON.stringify(apollo));
  write('by-hash.json', JSON.stringify({ abc123: body }));
  for (const operations of ['documents', 'documents/apollo.json', 'by-hash.json']) {
    const { status, stdout } = check('movies', '--operations', operations);
    assert.equal(status, 1, operations);
    assert.match(stdout, /breaks Year: Cannot query field "year"/);
  }
  const { status, stderr } = check('movies', '--operations', 'nowhere.json');
  assert.equal(status, 2);
  assert.match(stderr, /The operations of nowhere\.json cannot be read/);
});

test('the deployed schemas are read from a ConfigMap or extracted from a supergraph', (t) => {
  const { check, checkWithInput, read, write } = project(t);
  const supergraph = read(`${folder}/supergraph.graphql`);
  const data = { 'supergraph.graphql': supergraph, 'movies.graphql': movies, 'scores.graphql': scores };
  const configMap = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', data });
  write('subgraphs/movies/schema.graphql', movies.replace('title: String', 'name: String'));
  for (const { status, stdout } of [
    checkWithInput(configMap, 'movies', '--deployed', '-'),
    check('movies', '--deployed', `${folder}/supergraph.graphql`),
  ]) {
    assert.equal(status, 1);
    assert.match(stdout, /breaks Movie/);
    assert.match(stdout, /non-breaking: Field 'name' was added/);
  }
  const { status, stderr } = checkWithInput('{"kind":"Secret"}', 'movies', '--deployed', '-');
  assert.equal(status, 2);
  assert.match(stderr, /The deployed schemas cannot be read from -/);
});

test("extracted schemas import directives under the subgraphs' names", () => {
  for (const name of ['movies', 'people', 'ratings']) {
    const args = [main, 'check', name, '--deployed', `${folder}/supergraph.graphql`];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
    assert.doesNotMatch(stdout, /does not compose/);
    assert.equal(status, 0, stderr);
  }
});

test('--json prints one JSON object', (t) => {
  const { check, write } = project(t);
  write('subgraphs/movies/schema.graphql', movies.replace('title: String', 'name: String'));
  const { status, stdout } = check('movies', '--json');
  assert.equal(status, 1);
  const { ok, broken, order, waiting } = JSON.parse(stdout);
  assert.deepEqual({ ok, order, waiting }, { ok: false, order: 'supergraph-first', waiting: ['Actor'] });
  assert.equal(broken[0].operation, 'Movie');
});

test('invalid arguments are reported', (t) => {
  const { check, release } = project(t);
  for (const [result, message] of [
    [check(), /Name at least one subgraph/],
    [check('actors'), /schema of actors cannot be read: .*ENOENT.*; deployed are movies, scores/],
    [check('movies', '--schema', 'nowhere.graphql'), /cannot be read/],
    [check('movies', 'scores', '--schema', 'x'), /--schema is the schema of one subgraph: name one/],
    [check('movies', '--url', 'http://movies/graphql'), /--url needs exactly one subgraph that is not deployed yet/],
    [check('movies', '--url', 'movies'), /--url must be an http\(s\) address/],
    [release('movies', '--deployed', '-'), /release writes .* only: leave --deployed out/],
  ] as const) {
    assert.equal(result.status, 2);
    assert.match(result.stderr, message);
  }
});

test('a gateway with another supergraph is rejected', async (t) => {
  const { path } = project(t);
  const server = createServer((_request, response) =>
    response.end(`marquee_supergraph_info{sha256="${'0'.repeat(64)}"} 1\n`),
  );
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const check = async (url: string) => {
    const child = spawn(process.execPath, [main, 'check', 'movies', '--gateway', url], { cwd: path, stdio: 'pipe' });
    let stderr = '';
    child.stderr.on('data', (chunk) => (stderr += chunk));
    const [code] = await once(child, 'close');
    return { code, stderr };
  };
  const other = await check(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  assert.equal(other.code, 1);
  assert.match(other.stderr, /serves another supergraph/);
  assert.equal((await check('http://127.0.0.1:1')).code, 3);
});

test('--deployed reads the supergraph of a running gateway with a token', async (t) => {
  const { path, read, write } = project(t);
  const supergraph = read(`${folder}/supergraph.graphql`);
  const server = createServer(({ url, headers }, response) => {
    const known = headers.authorization === 'Bearer good';
    response.writeHead(url !== '/supergraph' ? 404 : known ? 200 : 401).end(known ? supergraph : '');
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const check = async (url: string, token: string) => {
    const env = { ...process.env, GATEWAY_TOKEN: token };
    const child = spawn(process.execPath, [main, 'check', 'movies', '--deployed', url], { cwd: path, env });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code, said: stdout + stderr };
  };
  const same = await check(address, 'good');
  assert.equal(same.code, 0, same.said);
  write('subgraphs/movies/schema.graphql', movies.replace('title: String', 'name: String'));
  const broken = await check(address, 'good');
  assert.equal(broken.code, 1);
  assert.match(broken.said, /breaks Movie/);
  for (const token of ['', 'bad']) {
    const refused = await check(address, token);
    assert.equal(refused.code, 2);
    assert.match(refused.said, /set GATEWAY_TOKEN to a token with the scope supergraph:read/);
  }
  assert.equal((await check('http://127.0.0.1:1', 'good')).code, 3);
});

test('the deployed schemas compose to the deployed supergraph', () => {
  const { status, stderr } = spawnSync(
    process.execPath,
    [compose, '--check', '--config', `${folder}/supergraph.yaml`],
    { cwd: root, encoding: 'utf8' },
  );
  assert.equal(status, 0, stderr);
});

test('each subgraph can be released alone', () => {
  for (const name of ['movies', 'people', 'ratings']) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'check', name], {
      cwd: root,
      encoding: 'utf8',
    });
    assert.equal(
      status,
      0,
      `${name}: ${stdout
        .split('\n')
        .filter((line) => /compose|breaks/.test(line))
        .join('\n')}${stderr}`,
    );
  }
});
