import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type GatewayProcess, startGateway, until } from '../../fixtures/gateway-process.ts';
import { startMoviesAndScores } from '../../fixtures/movies-and-scores.ts';
import { supergraphOf } from '../../fixtures/subgraphs.ts';

const plugins = fileURLToPath(new URL('../../fixtures/headers-plugin.ts', import.meta.url));
const MOVIE = '{ movie(id: "603") { title } }';
const ALL_HOOKS =
  'requestDidStart didResolveSource parsingDidStart parsingDidEnd validationDidStart(1) validationDidEnd ' +
  'didResolveOperation(query) responseForOperation executionDidStart executionDidEnd willSendResponse';

let graph: Awaited<ReturnType<typeof startMoviesAndScores>>;
let direct: GatewayProcess;
let apollo: GatewayProcess;

before(async () => {
  graph = await startMoviesAndScores();
  const env = { MAX_COST: '40', GRAPHQL_IDE: 'false' };
  [direct, apollo] = await Promise.all([
    startGateway(graph.supergraph.file, { ...env, APOLLO_PLUGINS: '' }),
    startGateway(graph.supergraph.file, { ...env, APOLLO_PLUGINS: plugins }),
  ]);
});
after(async () => {
  await Promise.all([direct?.stop(), apollo?.stop()]);
  await graph?.stop();
});

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function send({ url }: GatewayProcess, { method = 'POST', path = '', body, headers = {} }: Sent) {
  const response = await fetch(`${url}/graphql${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

const hooksOf = ({ headers }: { headers: Headers }) => headers.get('x-hooks') ?? '';

test('hooks run in the order of an Apollo Server, and a cached document is neither parsed nor validated again', async () => {
  const body = { query: 'query Order { movie(id: "603") { title } }' };
  assert.equal(hooksOf(await send(apollo, { body })), ALL_HOOKS);
  const again = await send(apollo, { body });
  assert.equal(hooksOf(again), ALL_HOOKS.replace(/ parsing.* validationDidEnd/, ''));
  assert.equal(again.text, (await send(direct, { body })).text);
});

const mutated = { query: 'query ($id: ID!) { movie(id: $id) { title } }' };
const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const rejections: [name: string, sent: Sent, hooks: RegExp][] = [
  [
    'a syntax error',
    { body: { query: '{' } },
    /parsingDidEnd! didEncounterErrors\(GRAPHQL_PARSE_FAILED\) willSendResponse$/,
  ],
  [
    'too many tokens',
    { body: { query: `{ ${'__typename '.repeat(2_100)}}` } },
    /parsingDidEnd! didEncounterErrors\(TOKEN_LIMIT_EXCEEDED\)/,
  ],
  [
    'deep nesting',
    { body: { query: `{ movie(id: ${'['.repeat(300)}${']'.repeat(300)}) { id } }` } },
    /didEncounterErrors\(NESTING_LIMIT_EXCEEDED\)/,
  ],
  [
    'an unknown field',
    { body: { query: '{ film }' } },
    /validationDidStart\(1\) validationDidEnd\(GRAPHQL_VALIDATION_FAILED\) didEncounterErrors\(GRAPHQL_VALIDATION_FAILED\)/,
  ],
  [
    'a repeated field',
    { body: { query: `{ ${'__typename '.repeat(10)}}` } },
    /validationDidEnd\(\w+\) didEncounterErrors\(REPEATED_FIELD_LIMIT_EXCEEDED\)/,
  ],
  [
    'an unknown operation',
    { body: { query: MOVIE, operationName: 'Other' } },
    /didResolveOperation\(undefined\) didEncounterErrors\(OPERATION_RESOLUTION_FAILURE\)/,
  ],
  [
    'a variable of another type',
    { body: { ...mutated, variables: { id: {} } } },
    /didResolveOperation\(query\) didEncounterErrors\(BAD_USER_INPUT\)/,
  ],
  [
    'a cost above the limit',
    {
      body: {
        query: `{ ${Array.from({ length: 25 }, (_, i) => `m${i}: movie(id: "603") { title } b${i}: best { id }`).join(' ')} }`,
      },
    },
    /didEncounterErrors\((COST|ALIAS)_LIMIT_EXCEEDED\)/,
  ],
  [
    'an unknown hash',
    { body: { extensions: { persistedQuery: { version: 1, sha256Hash: hash('never') } } } },
    /^requestDidStart didEncounterErrors\(PERSISTED_QUERY_NOT_FOUND\) willSendResponse$/,
  ],
  [
    'a wrong hash',
    { body: { query: MOVIE, extensions: { persistedQuery: { version: 1, sha256Hash: hash('other') } } } },
    /didEncounterErrors\(PERSISTED_QUERY_HASH_MISMATCH\)/,
  ],
  [
    'an unknown document',
    { body: { documentId: 'sha256:none' } },
    /didEncounterErrors\(PERSISTED_DOCUMENT_NOT_FOUND\)/,
  ],
  ['a batch', { body: [{ query: MOVIE }] }, /^$/],
  ['a body that is no JSON', { body: '{"query' }, /^$/],
  ['a token without an issuer', { body: { query: MOVIE }, headers: { authorization: 'Bearer abc' } }, /^$/],
  ['an unacceptable media type', { body: { query: MOVIE }, headers: { accept: 'image/png' } }, /^$/],
  [
    'a subgraph that fails',
    { body: { query: '{ fail movie(id: "603") { title } }' } },
    /executionDidEnd|didEncounterErrors\(\w+\)/,
  ],
  [
    'a subgraph that fails with a code',
    { body: { query: '{ fail(code: "OUT_OF_STOCK") }' } },
    /didEncounterErrors\(OUT_OF_STOCK\)/,
  ],
];

for (const [name, sent, hooks] of rejections) {
  test(`both doors respond alike to ${name}`, async () => {
    for (const accept of [
      undefined,
      'application/graphql-response+json',
      'multipart/mixed; deferSpec=20220824',
      'text/event-stream',
    ]) {
      const headers = { ...sent.headers, ...(accept && !sent.headers?.accept && { accept }) };
      const [expected, actual] = [await send(direct, { ...sent, headers }), await send(apollo, { ...sent, headers })];
      assert.equal(actual.text, expected.text);
      assert.equal(actual.status, expected.status);
      for (const header of ['content-type', 'cache-control', 'vary', 'www-authenticate', 'allow']) {
        assert.equal(actual.headers.get(header), expected.headers.get(header), header);
      }
      assert.match(hooksOf(actual), hooks);
    }
  });
}

test('a mutation by GET is rejected whether or not its document is cached', async () => {
  const path = `?query=${encodeURIComponent(MOVIE)}`;
  const [expected, actual] = [await send(direct, { method: 'GET', path }), await send(apollo, { method: 'GET', path })];
  assert.deepEqual([actual.status, actual.text], [expected.status, expected.text]);
  const head = await send(apollo, { method: 'HEAD', path });
  assert.deepEqual([head.status, head.text, hooksOf(head) !== ''], [200, '', true]);
});

test('malformed requests and unknown callers are reported to plugins', async () => {
  await send(apollo, { body: [] });
  await send(apollo, { body: { query: MOVIE }, headers: { authorization: 'Bearer abc' } });
  await until(() =>
    apollo.log().some(({ msg, code }) => msg === 'hook invalidRequestWasReceived' && code === 'BAD_REQUEST'),
  );
  await until(() =>
    apollo.log().some(({ msg, code }) => msg === 'hook contextCreationDidFail' && code === 'UNAUTHENTICATED'),
  );
});

test('a hash is registered and found, and plugins see which', async () => {
  const query = 'query Persisted { movie(id: "550") { title } }';
  const extensions = { persistedQuery: { version: 1, sha256Hash: hash(query) } };
  const registered = await send(apollo, { body: { query, extensions } });
  const found = await send(apollo, { body: { extensions } });
  assert.equal(found.text, registered.text);
  assert.deepEqual(
    [registered, found].map(({ headers }) => headers.get('x-persisted')),
    ['register', 'hit'],
  );
});

const throwing = ALL_HOOKS.replaceAll(/\(.*?\)/g, '')
  .split(' ')
  .filter((hook) => !/(parsing|validation)DidEnd/.test(hook));
for (const hook of throwing) {
  test(`a plugin that throws in ${hook} fails one request, with its error in the log alone`, async () => {
    const body = { query: `query ${hook} { movie(id: "603") { title } }` };
    const { status, text } = await send(apollo, { body, headers: { 'x-throw': hook } });
    assert.equal(status, 500);
    assert.deepEqual(JSON.parse(text), {
      errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    assert.match(apollo.text(), new RegExp(`secret of ${hook}`));
    assert.equal((await send(apollo, { body })).status, 200);
  });
}

for (const hook of ['parsingDidEnd', 'validationDidEnd']) {
  // Apollo Server does not wait for these.
  test(`a plugin that throws in ${hook} fails no request`, async () => {
    const body = { query: `query ${hook} { movie(id: "603") { title } }` };
    assert.equal((await send(apollo, { body, headers: { 'x-throw': hook } })).status, 200);
    assert.match(apollo.text(), new RegExp(`secret of ${hook}.*the end hook of a plugin failed`));
  });
}

test('a plugin rejects an operation with a code, status and message of its own', async () => {
  const { status, text, headers } = await send(apollo, { body: { query: MOVIE }, headers: { 'x-reject': 'yes' } });
  assert.equal(status, 451);
  assert.deepEqual(JSON.parse(text), { errors: [{ message: 'Not on Sundays.', extensions: { code: 'SUNDAY' } }] });
  assert.match(hooksOf({ headers }), /didEncounterErrors\(SUNDAY\) willSendResponse$/);
});

test('plugins set the status and headers, change data and respond themselves', async () => {
  const body = { query: MOVIE };
  const teapot = await send(apollo, { body, headers: { 'x-status': '418', 'x-tag': '"blue"' } });
  assert.deepEqual([teapot.status, teapot.headers.get('x-tag')], [418, 'blue']);
  assert.equal(teapot.headers.get('x-caller'), 'undefined 127.0.0.1');
  const changed = await send(apollo, { body, headers: { 'x-change': 'yes' } });
  assert.deepEqual(JSON.parse(changed.text), {
    data: { movie: { title: 'THE MATRIX' } },
    extensions: { changed: true },
  });
  const own = await send(apollo, { body, headers: { 'x-respond': 'yes' } });
  assert.deepEqual([own.status, own.text], [200, '{"data":{"movie":null}}']);
  const invalid = await send(apollo, { body, headers: { 'x-tag': '"a\\nb"' } });
  assert.equal(invalid.status, 500);
  const rejected = await send(apollo, { body: { query: '{' }, headers: { 'x-status': '400' } });
  assert.equal(rejected.status, 400);
});

test('metrics count operations, outcomes and codes', async () => {
  const outcome = (name: string, outcome: string) =>
    apollo.metric(
      `marquee_operation_seconds_count{service="gateway",operation="${name}",type="query",outcome="${outcome}"`,
    );
  await send(apollo, { body: { query: 'query Counted { movie(id: "603") { title } }' } });
  await send(apollo, { body: { query: 'query Counted { movie(id: "603") { title } fail }' } });
  assert.deepEqual([await outcome('Counted', 'ok'), await outcome('Counted', 'failed')], [1, 1]);
  assert.ok((await apollo.metric('marquee_operation_errors_total{code="INTERNAL_SERVER_ERROR"')) > 0);
});

test('equal queries share an execution, and each passes through the plugins', async () => {
  const { entered, opened } = graph.gates.get('shared');
  const body = { query: '{ waitFor(gate: "shared") }' };
  const responses = [send(apollo, { body }), send(apollo, { body })];
  await entered.promise;
  await until(async () => (await apollo.metric('marquee_operation_cache_hits_total')) > 0);
  opened.resolve();
  for (const { text, headers } of await Promise.all(responses)) {
    assert.equal(text, '{"data":{"waitFor":"done"}}');
    assert.match(hooksOf({ headers }), /executionDidEnd willSendResponse$/);
  }
});

test('plugins follow a reload, and stop after the last response', async () => {
  const gateway = await startGateway(graph.supergraph.file, { APOLLO_PLUGINS: plugins });
  const told = () => gateway.log().flatMap(({ msg }) => (msg.startsWith('hook ') ? [msg.slice(5)] : []));
  assert.deepEqual(told(), ['schemaDidLoadOrUpdate']);
  const next = supergraphOf(graph.movies.url, graph.scores.url, 'year: Int');
  writeFileSync(graph.supergraph.file, next);
  await until(() => told().length === 2);
  assert.deepEqual((await gateway.query('{ movie(id: "603") { year } }')).data, { movie: { year: 1999 } });
  const { entered, opened } = graph.gates.get('draining');
  const pending = send(gateway, { body: { query: '{ waitFor(gate: "draining") }' } });
  await entered.promise;
  const stopped = gateway.stop();
  await until(() => told().includes('drainServer'));
  opened.resolve();
  assert.match(hooksOf(await pending), /willSendResponse/);
  assert.equal(await stopped, 0);
  assert.deepEqual(told().slice(2), ['drainServer', 'serverWillStop']);
});
