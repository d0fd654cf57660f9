import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { json, text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { type GatewayProcess, startGateway } from '../fixtures/gateway-process.ts';

let gateway: GatewayProcess;
before(async () => {
  gateway = await startGateway(fileURLToPath(new URL('../../../supergraph.graphql', import.meta.url)));
});
after(() => gateway?.stop());

interface Answer {
  readonly data?: unknown;
  readonly errors?: { message: string; extensions: { code: string } }[];
}

async function post(body: Buffer, headers: Record<string, string>): Promise<[number, Answer, Headers]> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: new Uint8Array(body),
  });
  return [response.status, (await response.json()) as Answer, response.headers];
}

const QUERY = Buffer.from('{"query":"{ __typename }"}');
const DATA = { data: { __typename: 'Query' } };

test('bodies are decoded by each coding in any case', async () => {
  const table: [coding: string, body: Buffer][] = [
    ['gzip', gzipSync(QUERY)],
    ['GZip', gzipSync(QUERY, { level: 1 })],
    ['x-gzip', gzipSync(QUERY)],
    ['br', brotliCompressSync(QUERY)],
    ['deflate', deflateSync(QUERY)],
    ['identity', QUERY],
    ['gzip', Buffer.concat([gzipSync(QUERY.subarray(0, 9)), gzipSync(QUERY.subarray(9))])],
  ];
  for (const [coding, body] of table) {
    const [status, answer] = await post(body, { 'content-encoding': coding });
    assert.deepEqual([status, answer], [200, DATA], coding);
  }
});

test('a chunked body is decoded', async () => {
  const headers = { 'content-type': 'application/json; charset="utf-8"', 'content-encoding': 'br' };
  const request = httpRequest(`${gateway.url}/graphql`, { method: 'POST', headers });
  for (const byte of brotliCompressSync(QUERY)) request.write(Uint8Array.of(byte));
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  assert.deepEqual(await json(response), DATA);
});

test('the limit applies to the decoded body', async () => {
  const big = Buffer.from(JSON.stringify({ query: `{ __typename } #${' '.repeat(300_000)}` }));
  const bomb = Buffer.alloc(50_000_000, ' ');
  const fits = Buffer.from(JSON.stringify({ query: `{ __typename } #${' '.repeat(200_000)}` }));
  for (const [coding, encode] of [
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
    ['deflate', deflateSync],
  ] as const) {
    assert.deepEqual((await post(encode(fits), { 'content-encoding': coding })).slice(0, 2), [200, DATA], coding);
    for (const body of [big, bomb]) {
      const [status, { errors }] = await post(encode(body), { 'content-encoding': coding });
      assert.deepEqual([status, errors?.[0]?.extensions.code], [413, 'BODY_TOO_LARGE'], coding);
    }
  }
});

test('an endless compressed body is rejected at the limit', async () => {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  await once(socket, 'connect');
  const answer = text(socket);
  socket.write(
    'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ntransfer-encoding: chunked\r\n\r\n',
  );
  // Empty deflate blocks have no decoded bytes.
  const header = gzipSync('').subarray(0, 10);
  const blocks = Buffer.concat([header, ...Array.from({ length: 60_000 }, () => Buffer.from([0, 0, 0, 0xff, 0xff]))]);
  socket.write(`${blocks.length.toString(16)}\r\n`);
  socket.write(blocks);
  socket.write('\r\n');
  assert.match(await answer, /^HTTP\/1\.1 413 [\s\S]*BODY_TOO_LARGE/);
});

test('a body that cannot be decoded is rejected with its coding', async () => {
  for (const [coding, body] of [
    ['gzip', QUERY],
    ['gzip', gzipSync(QUERY).subarray(0, 20)],
    ['br', gzipSync(QUERY)],
    ['deflate', brotliCompressSync(QUERY)],
  ] as const) {
    const [status, { errors }] = await post(body, { 'content-encoding': coding });
    assert.equal(status, 400);
    assert.equal(errors?.[0]?.extensions.code, 'BAD_REQUEST');
    assert.match(errors?.[0]?.message ?? '', /content-encoding/);
  }
});

test('an unsupported coding is named with the supported ones', async () => {
  for (const coding of ['zstd', 'compress', 'gzip, br', 'constructor', 'x'.repeat(5_000)]) {
    const [status, { errors }, headers] = await post(QUERY, { 'content-encoding': coding });
    assert.equal(status, 415);
    assert.equal(errors?.[0]?.extensions.code, 'UNSUPPORTED_MEDIA_TYPE');
    const message = errors?.[0]?.message ?? '';
    assert.ok(message.includes(`content-encoding "${coding.slice(0, 40)}"`), message);
    assert.ok(message.length < 200);
    assert.equal(headers.get('accept-encoding'), 'gzip, br, deflate');
  }
});

test('other media types and charsets, and batches, are rejected with their own messages', async () => {
  const table: [type: string, body: string, status: number, code: string, words: RegExp][] = [
    ['text/plain', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/],
    ['application/graphql', '{ a }', 415, 'UNSUPPORTED_MEDIA_TYPE', /application\/json/],
    ['application/json; charset=utf-16', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE', /charset/],
    ['application/json;charset="latin1"', '{}', 415, 'UNSUPPORTED_MEDIA_TYPE', /charset/],
    ['application/json', '[{"query":"{ __typename }"}]', 400, 'BAD_REQUEST', /[Bb]atch/],
    ['application/json', ' [ ] ', 400, 'BAD_REQUEST', /[Bb]atch/],
    ['application/json', '[[]]', 400, 'BAD_REQUEST', /[Bb]atch/],
  ];
  for (const [type, body, status, code, words] of table) {
    const [actual, { errors }] = await post(Buffer.from(body), { 'content-type': type });
    assert.deepEqual([actual, errors?.[0]?.extensions.code], [status, code], type);
    assert.match(errors?.[0]?.message ?? '', words);
  }
});
