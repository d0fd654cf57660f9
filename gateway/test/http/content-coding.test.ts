import assert from 'node:assert/strict';
import { get as httpGet, request as httpRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { after, before, beforeEach, test } from 'node:test';
import { brotliDecompressSync, createBrotliDecompress, createGunzip, gunzipSync } from 'node:zlib';
import { compress, compressible, negotiateCoding } from '../../src/http/content-coding.ts';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

/** Releases the scores. */
let gate = Promise.withResolvers<void>();

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: `type Query { movies(first: Int!): [Movie!] }
      type Movie @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Query: {
        movies: (_, { first }) => Array.from({ length: first }, (_, id) => ({ id: `${id}`, title: `Movie ${id}` })),
      },
    },
  },
  scores: {
    schema: 'type Movie @key(fields: "id") { id: ID! score: Int }',
    resolvers: {
      Movie: {
        __resolveReference: async (movie) => {
          await gate.promise;
          return movie;
        },
        score: () => 7,
      },
    },
  },
};

let graph: ServedGraph;
before(async () => {
  graph = await startGraph(PARTS, { MAX_COST: '100000' });
});
after(() => graph?.stop());
beforeEach(() => {
  gate = Promise.withResolvers();
});

/** Does not decode, unlike `fetch`. */
async function send(body: object, headers: Record<string, string>): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  httpRequest(`${graph.url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers } })
    .on('response', resolve)
    .on('error', reject)
    .end(JSON.stringify(body));
  return promise;
}

const LONG = { query: '{ movies(first: 500) { id title } }' };
const SHORT = { query: '{ movies(first: 1) { title } }' };

test('a client gets its preferred coding', async () => {
  const table: [accepted: string | undefined, coding: string | undefined][] = [
    [undefined, undefined],
    ['gzip', 'gzip'],
    ['br', 'br'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, *', 'gzip'],
    ['*', 'br'],
    ['GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=0, br;q=0.0', undefined],
    ['identity, gzip;q=0.5', undefined],
    ['*;q=0', undefined],
    ['zstd, deflate', undefined],
    ['', undefined],
  ];
  const plain = await buffer(await send(LONG, {}));
  for (const [accepted, coding] of table) {
    const answer = await send(LONG, accepted === undefined ? {} : { 'accept-encoding': accepted });
    const bytes = await buffer(answer);
    assert.equal(answer.statusCode, 200);
    assert.equal(answer.headers['content-encoding'], coding, accepted);
    assert.match(answer.headers.vary ?? '', /accept-encoding/);
    assert.equal(Number(answer.headers['content-length']), bytes.length);
    const decoded = coding === 'gzip' ? gunzipSync(bytes) : coding === 'br' ? brotliDecompressSync(bytes) : bytes;
    assert.ok(decoded.equals(plain), accepted);
    if (coding !== undefined) assert.ok(bytes.length < plain.length / 3);
  }
});

test('a small response is not compressed unless the client rejects identity', async () => {
  for (const accepted of ['gzip, br', '*', 'gzip, identity;q=0.5']) {
    const answer = await send(SHORT, { 'accept-encoding': accepted });
    assert.equal(answer.headers['content-encoding'], undefined, accepted);
    assert.deepEqual(JSON.parse((await buffer(answer)).toString()), { data: { movies: [{ title: 'Movie 0' }] } });
  }
  for (const accepted of ['gzip, identity;q=0', 'gzip, *;q=0']) {
    const answer = await send(SHORT, { 'accept-encoding': accepted });
    assert.equal(answer.headers['content-encoding'], 'gzip', accepted);
    assert.match(gunzipSync(await buffer(answer)).toString(), /Movie 0/);
  }
});

test('responses to GET and rejections are compressed, too', async () => {
  const { promise, resolve } = Promise.withResolvers<IncomingMessage>();
  const url = `${graph.url}/graphql?${new URLSearchParams(LONG)}`;
  httpGet(url, { headers: { 'accept-encoding': 'br', accept: 'application/graphql-response+json' } }, resolve);
  const answer = await promise;
  assert.match(brotliDecompressSync(await buffer(answer)).toString(), /Movie 499/);
  const names = Array.from({ length: 5 }, (_, index) => `${'x'.repeat(250)}${index}`).join(' ');
  const refused = await send({ query: `{ ${names} }` }, { 'accept-encoding': 'gzip' });
  assert.equal(refused.headers['content-encoding'], 'gzip');
  assert.match(gunzipSync(await buffer(refused)).toString(), /GRAPHQL_VALIDATION_FAILED/);
});

test('HEAD follows the rules of GET, without a body', async () => {
  const head = (query: string) =>
    fetch(`${graph.url}/graphql?${new URLSearchParams({ query })}`, {
      method: 'HEAD',
      headers: { accept: 'application/graphql-response+json', 'accept-encoding': 'gzip' },
    });
  const long = await head(LONG.query);
  assert.deepEqual([long.status, long.headers.get('content-encoding'), await long.text()], [200, 'gzip', '']);
  assert.equal((await head('{ nothing }')).status, 400);
  const forged = await fetch(`${graph.url}/graphql?query={__typename}`, { method: 'HEAD' });
  assert.equal(forged.status, 400);
});

test('each part can be decoded when it arrives', async () => {
  const query = '{ movies(first: 3) { title ... @defer { score } } }';
  const accept = 'multipart/mixed;deferSpec=20220824, application/json';
  for (const [coding, createDecoder] of [
    ['gzip', createGunzip],
    ['br', createBrotliDecompress],
  ] as const) {
    gate = Promise.withResolvers();
    const answer = await send({ query }, { accept, 'accept-encoding': coding });
    assert.equal(answer.headers['content-encoding'], coding);
    let text = '';
    for await (const chunk of answer.pipe(createDecoder())) {
      text += chunk;
      if (text.includes('"hasNext":true}\r\n---') && !text.includes('incremental')) gate.resolve();
    }
    assert.match(text, /Movie 2[\s\S]*"hasNext":true[\s\S]*"score":7[\s\S]*"hasNext":false}\r\n-----\r\n$/);
  }
});

test('a client may leave within an incremental response', async () => {
  const query = '{ movies(first: 3) { title ... @defer { score } } }';
  const headers = { accept: 'multipart/mixed;deferSpec="20220824"', 'accept-encoding': 'gzip' };
  const answer = await send({ query }, headers);
  answer.on('error', () => {});
  answer.destroy();
  gate.resolve();
  assert.deepEqual(await graph.query('{ movies(first: 1) { score } }'), { data: { movies: [{ score: 7 }] } });
});

test('a shared response is compressed once', async () => {
  const body = compressible('x'.repeat(5_000));
  assert.equal(compress(body, 'gzip'), compress(body, 'gzip'));
  assert.notEqual(compress(body, 'gzip'), compress(body, 'br'));
  assert.equal((await compress(body, 'gzip')).length < 100, true);
});

test('a hostile Accept-Encoding is parsed in linear time', () => {
  for (const header of [`${'gzip;q=0.5,'.repeat(1_400)}br`, ','.repeat(16_000), ';'.repeat(16_000)]) {
    assert.ok(['br', 'identity'].includes(negotiateCoding(header).coding));
  }
});
