import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../fixtures/gateway-process.ts';
import { type RunningSubgraph, startMovies, startScores, supergraphOf } from '../fixtures/subgraphs.ts';

/** The checks of graphql-cop (https://github.com/dolevf/graphql-cop), by its names, against a gateway as it is deployed. */
let movies: RunningSubgraph;
let scores: RunningSubgraph;
let supergraph: ReturnType<typeof temporarySupergraph>;
let gateway: GatewayProcess;

before(async () => {
  [movies, scores] = await Promise.all([startMovies(), startScores()]);
  supergraph = temporarySupergraph(supergraphOf(movies.url, scores.url));
  gateway = await startGateway(supergraph.file, { NODE_ENV: 'production' });
});
after(async () => {
  await Promise.all([gateway?.stop(), movies?.stop(), scores?.stop()]);
  supergraph?.remove();
});

interface Answer {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: { message: string; extensions: Record<string, unknown> }[];
  readonly extensions?: unknown;
}

async function post(body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return (await response.json()) as Answer;
}

function refused(answer: Answer, code: string): void {
  assert.equal(answer.data, undefined);
  assert.equal(answer.errors?.[0]?.extensions.code, code);
}

test('Alias Overloading: a hundred aliases in one operation', async () => {
  const aliases = Array.from({ length: 101 }, (_, i) => `alias${i}:__typename`).join(' \n');
  refused(await post({ query: `query cop { ${aliases} }` }), 'ALIAS_LIMIT_EXCEEDED');
});

test('Array-based Query Batching: several operations in one request', async () => {
  refused(await post(Array.from({ length: 10 }, () => ({ query: 'query cop { __typename }' }))), 'BAD_REQUEST');
});

test('Directive Overloading: an error for each of many directives', async () => {
  const { data, errors = [] } = await post({ query: `query cop { __typename ${'@aa'.repeat(10)} }` });
  assert.equal(data, undefined);
  assert.ok(errors.length < 10, `${errors.length} errors`);
});

test('Field Duplication: one field five hundred times', async () => {
  refused(await post({ query: `query cop { ${'__typename \n'.repeat(500)} }` }), 'REPEATED_FIELD_LIMIT_EXCEEDED');
});

const circular =
  'query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }';

test('Introspection-based Circular Query', async () => {
  assert.equal((await post({ query: circular })).data, undefined);
});

test('Introspection-based Circular Query: where introspection is on, too', async (t) => {
  const open = await startGateway(supergraph.file, { NODE_ENV: 'production', GRAPHQL_INTROSPECTION: 'on' });
  t.after(() => open.stop());
  const { data, errors } = await open.query(circular);
  assert.equal(data, undefined);
  assert.match(errors?.[0]?.message ?? '', /Maximum introspection depth exceeded/);
});

test('Introspection', async () => {
  refused(await post({ query: 'query cop { __schema { types { name fields { name } } } }' }), 'INTROSPECTION_DISABLED');
});

test('Field Suggestions: none, be it fields, arguments, types or values of variables', async () => {
  const queries = [
    'query cop { __schema { directive } }',
    '{ movi(id: "603") { id } }',
    '{ movie(idd: "603") { id } }',
    '{ movie(id: "603") { titel } }',
    'query ($id: IDD!) { movie(id: $id) { id } }',
    '{ movie(id: "603") { ... on Movi { id } } }',
  ];
  for (const query of queries) {
    const { errors = [] } = await post({ query });
    assert.ok(errors.length > 0, query);
    for (const { message } of errors) assert.doesNotMatch(message, /did you mean/i, query);
  }
});

test('GET Method Query Support, without a header that forms cannot send', async () => {
  const response = await fetch(`${gateway.url}/graphql?query=${encodeURIComponent('query cop {__typename}')}`);
  assert.equal(response.status, 400);
  assert.equal(((await response.json()) as Answer).data, undefined);
});

test('Mutation is allowed over GET', async () => {
  for (const headers of [{}, { 'apollo-require-preflight': 'true' }]) {
    const query = encodeURIComponent('mutation cop {__typename}');
    const response = await fetch(`${gateway.url}/graphql?query=${query}`, { headers });
    assert.ok(response.status >= 400);
    assert.equal(((await response.json()) as Answer).data, undefined);
  }
});

test('POST based url-encoded query', async () => {
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  refused(await post('query=query+cop+%7B__typename%7D', form), 'UNSUPPORTED_MEDIA_TYPE');
});

test('GraphiQL Explorer and Playground', async () => {
  for (const path of ['/', '/graphiql', '/playground', '/console', '/graphql']) {
    const response = await fetch(`${gateway.url}${path}`, { headers: { accept: 'text/html' } });
    assert.ok(response.status >= 400, path);
    assert.doesNotMatch(await response.text(), /<html|<script|react/i);
  }
});

test('Trace Mode', async () => {
  const { data, extensions } = await post(
    { query: 'query cop { __typename }' },
    { 'apollo-federation-include-trace': 'ftv1' },
  );
  assert.deepEqual(data, { __typename: 'Query' });
  assert.equal(extensions, undefined);
});

test('Unhandled Errors Detection', async () => {
  for (const query of ['qwerty cop { abc }', '{ fail }', 'query cop { __typename']) {
    const text = JSON.stringify(await post({ query }));
    assert.match(text, /"errors":/);
    assert.doesNotMatch(text, /exception|stacktrace|node_modules|\.ts:|secret/);
  }
});
