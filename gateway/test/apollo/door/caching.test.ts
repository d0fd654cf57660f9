import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type GatewayProcess, startGateway, temporarySupergraph } from '../../fixtures/gateway-process.ts';
import { composed } from '../../fixtures/graph.ts';
import { AUDIENCE, createIssuer, ISSUER, type Issuer, temporaryFiles } from '../../fixtures/tokens.ts';

const SCHEMAS = {
  movies: { schema: 'type Query { movie: Movie } type Movie @key(fields: "id") { id: ID! title: String }' },
  scores: { schema: 'type Movie @key(fields: "id") { id: ID! score: Int }' },
};
const SCOPES = { movies: 'public', scores: 'private' } as const;

const requests: string[] = [];
const subgraphs = Object.keys(SCHEMAS).map((name) =>
  createServer(async (request, response) => {
    const text = Buffer.concat(await request.toArray()).toString();
    requests.push(name);
    const movie = { __typename: 'Movie', id: '603', title: 'The Matrix' };
    const { variables } = JSON.parse(text) as { variables?: { representations?: unknown[] } };
    const data = variables?.representations
      ? { _entities: variables.representations.map(() => ({ score: 9 })) }
      : { movie };
    response.setHeader('content-type', 'application/json');
    response.setHeader('cache-control', `max-age=60, ${SCOPES[name as keyof typeof SCOPES]}`);
    response.end(JSON.stringify({ data }));
  }).listen(0, '127.0.0.1'),
);

let gateway: GatewayProcess;
let issuer: Issuer;
const cleanUp: (() => void)[] = [];

before(async () => {
  await Promise.all(subgraphs.filter(({ listening }) => !listening).map((server) => once(server, 'listening')));
  const names = Object.keys(SCHEMAS);
  const urlOf = (name: string) => {
    const server = subgraphs[names.indexOf(name)] as Server;
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  };
  const supergraph = temporarySupergraph(composed(SCHEMAS, urlOf).supergraphSdl);
  issuer = await createIssuer();
  const keys = temporaryFiles({ 'key.pem': issuer.pem });
  cleanUp.push(supergraph.remove, keys.remove);
  gateway = await startGateway(supergraph.file, {
    APOLLO_PLUGINS: fileURLToPath(new URL('../../fixtures/caching-plugins.ts', import.meta.url)),
    AUTH_ISSUER: ISSUER,
    AUTH_AUDIENCE: AUDIENCE,
    AUTH_PUBLIC_KEY_FILE: keys.path('key.pem'),
  });
});
after(async () => {
  await gateway?.stop();
  for (const remove of cleanUp) remove();
  for (const server of subgraphs) server.close().closeAllConnections();
});

async function query(text: string, headers: Record<string, string> = {}) {
  requests.length = 0;
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: text }),
  });
  return { text: await response.text(), cache: response.headers.get('cache-control'), requests: [...requests] };
}

const MOVIE = '{"data":{"movie":{"title":"The Matrix"}}}';

test('a response is as cacheable as the least cacheable response of a subgraph', async () => {
  const { cache, text } = await query('{ movie { title } }');
  assert.deepEqual([cache, text], ['max-age=60, public', MOVIE]);
  assert.equal((await query('{ movie { title score } }')).cache, 'max-age=60, private');
  assert.equal((await query('{ __typename }')).cache, 'no-store');
});

test('a response cache answers without the subgraphs, with the same text', async () => {
  const first = await query('query Cached { movie { title } }');
  const second = await query('query Cached { movie { title } }');
  assert.deepEqual([first.requests, second.requests], [['movies'], []]);
  assert.deepEqual([second.text, second.cache], [first.text, 'max-age=60, public']);
});

test('a response for an identified caller is private', async () => {
  const authorization = `Bearer ${await issuer.token()}`;
  const text = 'query Own { movie { title } }';
  assert.equal((await query(text, { authorization })).cache, 'max-age=60, private');
  assert.deepEqual((await query(text)).requests, ['movies']);
});

test('the first part of an incremental response is not cached', async () => {
  const text = 'query Deferred { movie { title ... @defer { score } } }';
  const accept = 'multipart/mixed; deferSpec=20220824';
  for (const _ of [1, 2]) {
    const deferred = await query(text, { accept });
    assert.deepEqual([deferred.cache, deferred.requests.toSorted()], ['no-store', ['movies', 'scores']]);
    assert.match(deferred.text, /"title":"The Matrix".*"hasNext":true.*"score":9.*"hasNext":false/s);
  }
  assert.match((await query(text)).text, /"score":9/);
});
