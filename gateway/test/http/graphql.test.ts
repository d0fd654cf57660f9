import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type GatewayProcess, runGateway, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

let movies: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;
let deadUrl: string;

before(async () => {
  movies = await startMovies();
  const dead = await startScores();
  await dead.stop();
  deadUrl = dead.url;
  supergraph = temporarySupergraph(supergraphOf(movies.url, deadUrl));
  gateway = await startGateway(supergraph.file);
});
after(async () => {
  await Promise.all([gateway?.stop(), movies?.stop()]);
  supergraph?.remove();
});

const post = (body: string, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
  fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body });

test('an unavailable subgraph causes a partial result with a typed error and no internals', async () => {
  const response = await post('{"query":"{ movie(id: \\"603\\") { title score } }"}');
  const text = await response.text();
  assert.deepEqual(JSON.parse(text), {
    data: { movie: { title: 'The Matrix', score: null } },
    errors: [
      {
        message: 'The subgraph scores cannot be reached.',
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: 'scores' },
      },
    ],
  });
  assert.doesNotMatch(text, /127\.0\.0\.1|localhost|ECONN|stack|\.ts|\.js/);
  assert.match(gateway.text(), new RegExp(`"url":"${deadUrl}"`));
});

test("a subgraph's typed error is passed on without its stack trace", async () => {
  const text = await (await post('{"query":"{ fail(code: \\"BAD_USER_INPUT\\") }"}')).text();
  assert.deepEqual(JSON.parse(text), {
    data: { fail: null },
    errors: [
      {
        message: 'the words of the subgraph',
        path: ['fail'],
        extensions: { code: 'BAD_USER_INPUT', serviceName: 'movies' },
      },
    ],
  });
});

test("a subgraph's unexpected error is masked", async () => {
  const text = await (await post('{"query":"{ fail }"}')).text();
  assert.deepEqual(JSON.parse(text), {
    data: { fail: null },
    errors: [
      {
        message: 'Internal server error',
        path: ['fail'],
        extensions: { code: 'INTERNAL_SERVER_ERROR', serviceName: 'movies' },
      },
    ],
  });
});

test("a setting by subgraph passes the messages of a subgraph's unexpected errors, and no stack traces", async (t) => {
  const message = 'secret detail at /srv/app/store.ts';
  const masked = 'Internal server error';
  const table: [string, string][] = [
    ['pass', message],
    ['movies=pass', message],
    ['mask, movies=pass', message],
    ['scores=pass', masked],
    ['pass,movies=mask', masked],
    ['mask', masked],
  ];
  for (const [setting, expected] of table) {
    const other = await startGateway(supergraph.file, { SUBGRAPH_ERRORS: setting });
    t.after(() => other.stop());
    assert.deepEqual(await other.query('{ fail }'), {
      data: { fail: null },
      errors: [
        { message: expected, path: ['fail'], extensions: { code: 'INTERNAL_SERVER_ERROR', serviceName: 'movies' } },
      ],
    });
  }
  for (const setting of ['show', 'movies=show', 'nobody=pass', 'pass,mask']) {
    const { code, text } = await runGateway(['--supergraph', supergraph.file], { SUBGRAPH_ERRORS: setting });
    assert.equal(code, 2, setting);
    assert.match(text, /SUBGRAPH_ERRORS/);
  }
});

test('invalid operations are rejected with 400, or with 200 for clients of application/json', async () => {
  const table: [string, string, RegExp][] = [
    ['{"query":"{ movie(id: \\"603\\") { title "}', 'GRAPHQL_PARSE_FAILED', /Syntax Error/],
    ['{"query":"{ nothing }"}', 'GRAPHQL_VALIDATION_FAILED', /Cannot query field "nothing"/],
    ['{"query":"query($id: ID!) { movie(id: $id) { id } }"}', 'BAD_USER_INPUT', /\$id/],
    [
      '{"query":"query A { __typename }","operationName":"B"}',
      'OPERATION_RESOLUTION_FAILURE',
      /no operation named "B"/,
    ],
    ['{"query":"query A { __typename } query B { __typename }"}', 'OPERATION_RESOLUTION_FAILURE', /operationName/],
  ];
  const statuses = { 'application/graphql-response+json': 400, 'application/json': 200, '*/*': 200 };
  for (const [body, code, message] of table) {
    for (const [accept, status] of Object.entries(statuses)) {
      const response = await post(body, { 'content-type': 'application/json', accept });
      const { errors } = (await response.json()) as { errors: { message: string; extensions: { code: string } }[] };
      assert.equal(response.status, status, `${accept}: ${body}`);
      assert.equal(errors[0]?.extensions.code, code);
      assert.match(errors[0]?.message ?? '', message);
    }
  }
});

test('requests that are not GraphQL are rejected with a status and a code', async () => {
  const json = 'application/json';
  const table: [string, string, number, string][] = [
    ['{', json, 400, 'BAD_REQUEST'],
    ['', json, 400, 'BAD_REQUEST'],
    ['{}', json, 400, 'BAD_REQUEST'],
    ['{"variables":{}}', json, 400, 'BAD_REQUEST'],
    ['{"query":"{ __typename }","variables":[]}', json, 400, 'BAD_REQUEST'],
    ['[{"query":"{ __typename }"}]', json, 400, 'BAD_REQUEST'],
    ['query=%7B__typename%7D', 'application/x-www-form-urlencoded', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    [JSON.stringify({ query: `# ${'x'.repeat(300_000)}\n{ __typename }` }), json, 413, 'BODY_TOO_LARGE'],
  ];
  for (const [body, type, status, code] of table) {
    const response = await post(body, { 'content-type': type });
    const { errors } = (await response.json()) as { errors: { extensions: { code: string } }[] };
    assert.equal(response.status, status, body.slice(0, 60));
    assert.equal(errors[0]?.extensions.code, code);
  }
});

test('a form of another site cannot send an operation (CSRF)', async () => {
  const simple = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent('{ best { id } }')}`);
  assert.equal(simple.status, 400);
  assert.match(await simple.text(), /Cross-Site Request Forgery/);
  const plain = await post('{"query":"{ __typename }"}', { 'content-type': 'text/plain' });
  assert.equal(plain.status, 415);
  const preflighted = await fetch(`${gateway.url}/graphql?query={__typename}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  assert.equal(preflighted.status, 200);
});

test('NODE_ENV=development shows unexpected errors', async (t) => {
  const development = await startGateway(supergraph.file, { NODE_ENV: 'development' });
  t.after(() => development.stop());
  const { errors } = await development.query('{ fail }');
  assert.match(errors?.[0]?.message ?? '', /secret detail/);
  assert.ok(Array.isArray(errors?.[0]?.extensions.stacktrace));
});
