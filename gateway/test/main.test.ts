import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { runGateway, startGateway, temporarySupergraph } from './fixtures/gateway-process.ts';
import { startMoviesAndScores } from './fixtures/movies-and-scores.ts';
import { startScores } from './fixtures/subgraphs.ts';

let graph: Awaited<ReturnType<typeof startMoviesAndScores>>;

before(async () => {
  graph = await startMoviesAndScores();
});
after(() => graph?.stop());

test('invalid arguments exit with code 2 and one message', async () => {
  const broken = temporarySupergraph('type Query { movie: Missing }');
  const table: [string[], Record<string, string>, string, RegExp][] = [
    [['--frobnicate'], {}, 'USAGE', /unknown option '--frobnicate'; --help lists the options/],
    [['extra'], {}, 'USAGE', /too many arguments/],
    [[], {}, 'INVALID_CONFIG', /SUPERGRAPH: is not set: give the supergraph file here or with --supergraph/],
    [['--supergraph', '/nowhere/s.graphql'], {}, 'SUPERGRAPH_UNREADABLE', /\/nowhere\/s\.graphql .*does not exist/],
    [['--supergraph', broken.file], {}, 'SUPERGRAPH_INVALID', /supergraph\.graphql is invalid: .+/],
    [['--supergraph', graph.supergraph.file, '--port', 'http'], {}, 'INVALID_CONFIG', /PORT: must be a whole number/],
    [
      ['--supergraph', graph.supergraph.file],
      { MAX_COST: '0' },
      'INVALID_CONFIG',
      /MAX_COST: must be a whole number from 1/,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { GRAPHQL_IDE: 'perhaps' },
      'INVALID_CONFIG',
      /GRAPHQL_IDE: must be true or false/,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { TRUSTED_PROXIES: '10.0.0.0/8,proxy' },
      'INVALID_CONFIG',
      /TRUSTED_PROXIES: must be addresses or networks/,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { TRUSTED_PROXIES: '0' },
      'INVALID_CONFIG',
      /TRUSTED_PROXIES: must be .* or a number of proxies from 1 to 9/,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { CORS_ORIGINS: 'shop.example' },
      'INVALID_CONFIG',
      /CORS_ORIGINS: must be \*, or origins .*"shop.example" is none/,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { SUBGRAPH_URLS: 'movies=here' },
      'INVALID_CONFIG',
      /SUBGRAPH_URLS.*movies=here/s,
    ],
    [
      ['--supergraph', graph.supergraph.file],
      { SUBGRAPH_URLS: 'actors=http://127.0.0.1:1/graphql' },
      'INVALID_CONFIG',
      /names actors, which the supergraph does not have: it has movies, scores/,
    ],
  ];
  for (const [args, env, code, message] of table) {
    const { code: exitCode, log, text } = await runGateway(args, env);
    assert.equal(exitCode, 2, text);
    assert.equal(log.length, 1, text);
    assert.equal(log[0]?.code, code);
    assert.match(log[0]?.msg ?? '', message);
  }
  broken.remove();
});

test('--help lists the options and exits 0', async () => {
  const { code, text } = await runGateway(['--help']);
  assert.equal(code, 0);
  assert.match(text, /--supergraph <file>[\s\S]*--port <number>/);
});

test('a port in use is reported with the variable that changes it', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, log } = await runGateway([], { SUPERGRAPH: graph.supergraph.file, PORT: String(port) });
  assert.equal(code, 2);
  assert.equal(log.at(-1)?.code, 'PORT_IN_USE');
  assert.match(log.at(-1)?.msg ?? '', new RegExp(`Port ${port} is in use: set PORT`));
});

test('an operation over two subgraphs sends one request to each, as the metrics show', async (t) => {
  const gateway = await startGateway(graph.supergraph.file);
  t.after(() => gateway.stop());
  assert.equal((await fetch(`${gateway.url}/readyz`)).status, 200);
  assert.deepEqual(await gateway.query('{ movie(id: "603") { title score } }'), {
    data: { movie: { title: 'The Matrix', score: 8.2 } },
  });
  assert.equal(await gateway.metric('marquee_subgraph_requests_total{subgraph="movies"'), 1);
  assert.equal(await gateway.metric('marquee_subgraph_requests_total{subgraph="scores"'), 1);
  assert.equal(await gateway.metric('marquee_subgraph_request_seconds_count{service="gateway",subgraph="movies"'), 1);
});

test('SUBGRAPH_URLS overrides the addresses in the supergraph', async (t) => {
  const elsewhere = await startScores(1.5);
  const gateway = await startGateway(graph.supergraph.file, { SUBGRAPH_URLS: ` scores = ${elsewhere.url} ,` });
  t.after(() => Promise.all([gateway.stop(), elsewhere.stop()]));
  assert.deepEqual(await gateway.query('{ movie(id: "550") { title score } }'), {
    data: { movie: { title: 'Fight Club', score: 1.5 } },
  });
});

test('SIGTERM lets requests in progress end, then exits with code 0', async () => {
  const gateway = await startGateway(graph.supergraph.file);
  const answer = gateway.query('{ waitFor(gate: "drain") }');
  await graph.gates.get('drain').entered.promise;
  const ended = gateway.stop();
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(gateway.child.exitCode, null);
  await assert.rejects(fetch(`${gateway.url}/readyz`));
  graph.gates.get('drain').opened.resolve();
  assert.deepEqual(await answer, { data: { waitFor: 'done' } });
  assert.equal(await ended, 0);
});

test("the process connects only to its subgraphs, even with a registry's keys in its environment", async () => {
  const env = {
    APOLLO_KEY: 'service:marquee:0000',
    APOLLO_GRAPH_REF: 'marquee@current',
    APOLLO_TELEMETRY_DISABLED: '',
  };
  const preload = ['--import', fileURLToPath(new URL('fixtures/log-connections.ts', import.meta.url))];
  const gateway = await startGateway(graph.supergraph.file, env, preload);
  assert.deepEqual(await gateway.query('{ best { title } }'), { data: { best: { title: 'The Matrix' } } });
  assert.equal(await gateway.stop(), 0);
  const hosts = [...gateway.text().matchAll(/^CONNECT (.*)$/gm)].map(([, host]) => host);
  assert.deepEqual(new Set(hosts), new Set(['127.0.0.1']));
});

test('production hides the schema and the IDE unless configured', async (t) => {
  const table: [Record<string, string>, boolean][] = [
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', GRAPHQL_IDE: 'on', GRAPHQL_INTROSPECTION: 'on' }, true],
    [{ GRAPHQL_IDE: 'off', GRAPHQL_INTROSPECTION: 'off' }, false],
  ];
  for (const [env, open] of table) {
    const gateway = await startGateway(graph.supergraph.file, env);
    t.after(() => gateway.stop());
    assert.equal((await fetch(gateway.url)).status, open ? 200 : 404, JSON.stringify(env));
    const { data } = await gateway.query('{ __schema { queryType { name } } }');
    assert.equal(data !== undefined, open, JSON.stringify(env));
    assert.deepEqual((await gateway.query('{ best { id } }')).data, { best: { id: '603' } });
  }
});
