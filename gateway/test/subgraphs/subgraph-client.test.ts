import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { createContext } from '@marquee/runtime/process';
import { createHeaderForwarding } from '../../src/subgraphs/header-forwarding.ts';
import {
  createSubgraphClient,
  type SubgraphClientOptions,
  type SubgraphRequestContext,
} from '../../src/subgraphs/subgraph-client.ts';
import { WriteTracker } from '../../src/subgraphs/writes.ts';

const BODY = '{"query":"query Q($a: Int) { a(a: $a) }","variables":{"a":1},"operationName":"Q"}';

const OPTIONS: SubgraphClientOptions = { timeoutMs: 5_000, writes: new WriteTracker(), signingKey: undefined };

async function client(t: TestContext, listener: RequestListener, options: Partial<SubgraphClientOptions> = {}) {
  const ctx = createContext('gateway-test', 'silent');
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/a?b=1`;
  const requestSubgraph = createSubgraphClient(ctx, { ...OPTIONS, ...options })(() => url);
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await ctx.stop();
  });
  const send = (body = BODY, isMutation = false, context: SubgraphRequestContext = {}) =>
    requestSubgraph({ subgraph: 'movies', body, isMutation, path: [] }, context).then(
      ({ exact: _exact, text: _text, ...answer }) => answer,
    );
  return { requestSubgraph, send, server, port, ctx };
}

const refusal = (code: string, message: string) => (error: unknown) => {
  assert.deepEqual(error, { message, extensions: { code, serviceName: 'movies' } });
  return true;
};

test('an operation is posted as JSON over kept-alive connections', async (t) => {
  const seen: unknown[] = [];
  let connections = 0;
  const { send, server } = await client(t, async (request, response) => {
    seen.push([request.method, request.url, request.headers['content-type'], await request.toArray()]);
    response.end('{"data":{"a":2}}');
  });
  server.on('connection', () => (connections += 1));
  for (let round = 0; round < 10; round += 1) assert.deepEqual(await send(), { data: { a: 2 }, isPlain: true });
  assert.deepEqual(seen[0], ['POST', '/a?b=1', 'application/json', [Buffer.from(BODY)]]);
  assert.ok(connections <= 2, `${connections} connections for 10 requests in turn`);
});

test('GraphQL errors are returned whatever the status', async (t) => {
  const { send } = await client(t, (_, response) => {
    response.writeHead(400).end('{"errors":[{"message":"no such field"}]}');
  });
  assert.deepEqual(await send(), { errors: [{ message: 'no such field' }], isPlain: true });
});

test('a subgraph cannot set `isPlain`', async (t) => {
  const { send } = await client(t, (_, response) => response.end('{"data":{"a":"\\""},"isPlain":true}'));
  assert.deepEqual(await send(), { data: { a: '"' }, isPlain: false });
});

test('a response that is not GraphQL is rejected', async (t) => {
  const answers = [
    '<html>Bad gateway</html>',
    '[]',
    'null',
    '{"message":"no"}',
    '',
    '{"errors":[]}',
    '{"errors":null}',
    '{}',
  ];
  const { send } = await client(t, (_, response) => {
    response.writeHead(502).end(answers.pop());
  });
  const expected = refusal('SUBGRAPH_BAD_RESPONSE', 'The subgraph movies returned a response that is not GraphQL.');
  while (answers.length > 0) await assert.rejects(send(), expected);
});

test('an unreachable subgraph is named without its address', async (t) => {
  const { send, server } = await client(t, (request) => request.socket.destroy());
  const expected = refusal('SUBGRAPH_UNAVAILABLE', 'The subgraph movies cannot be reached.');
  await assert.rejects(send(), expected);
  server.close();
  await once(server, 'close');
  await assert.rejects(send(), expected);
});

test('a timeout applies to the head and to the body of a response', async (t) => {
  let withHead = false;
  const { send, ctx } = await client(
    t,
    (_, response) => {
      if (withHead) response.write('{"data":');
      withHead = true;
    },
    { timeoutMs: 200 },
  );
  const expected = refusal('SUBGRAPH_TIMEOUT', 'The subgraph movies did not respond in time.');
  await assert.rejects(send(), expected);
  await assert.rejects(send(), expected);
  assert.match(await ctx.metrics.metrics(), /marquee_subgraph_requests_total\{subgraph="movies",\S+ 2/);
});

/** Holds requests until `count` have arrived, or until `release`. */
function holding() {
  let count = 0;
  const opened = Promise.withResolvers<void>();
  const listener: RequestListener = async (_, response) => {
    count += 1;
    await opened.promise;
    response.end(`{"data":{"count":${count}}}`);
  };
  return { listener, release: () => opened.resolve(), count: () => count };
}

test('equal queries in progress are sent once, and each caller gets its own copy', async (t) => {
  const { listener, release, count } = holding();
  const { send } = await client(t, listener);
  const pending = [send(), send(), send()];
  setTimeout(release, 50);
  const answers = await Promise.all(pending);
  assert.equal(count(), 1);
  for (const answer of answers) assert.deepEqual(answer, { data: { count: 1 }, isPlain: true });
  assert.notEqual(answers[0], answers[1]);
  await send();
  assert.equal(count(), 2);
});

test('mutations, and queries with different bodies, callers, headers or traces, are sent separately', async (t) => {
  const { listener, release, count } = holding();
  const { send } = await client(t, listener);
  const identity = (subject: string) => ({ identity: { subject, scopes: ['movies:write'] } });
  const forward = createHeaderForwarding(
    { all: [{ kind: 'propagate', name: 'x-a', as: 'x-a', fallback: undefined }], subgraphs: new Map() },
    () => true,
  );
  const forwarded = (value: string) => ({ forwarded: forward({ 'x-a': value, 'x-other': String(Math.random()) }) });
  const pending = [
    send(),
    send(BODY.replace('"a":1', '"a":2')),
    send(BODY, false, identity('one')),
    send(BODY, false, identity('other')),
    send(BODY, false, forwarded('1')),
    send(BODY, false, forwarded('2')),
    send(BODY, false, { federatedTraces: [] }),
    // Equal: a header that is not forwarded and a trace do not matter.
    send(BODY, false, forwarded('1')),
    send(BODY, false, identity('one')),
    send(BODY, true),
    send(BODY, true),
  ];
  setTimeout(release, 100);
  await Promise.all(pending);
  assert.equal(count(), 9);
});

test('no query joins one from before a mutation, or during a mutation', async (t) => {
  const received: string[] = [];
  const held: (() => void)[] = [];
  const { send } = await client(t, async (request, response) => {
    received.push(Buffer.concat(await request.toArray()).toString());
    held.push(() => response.end('{"data":{}}'));
  });
  const arrived = async (count: number) => {
    while (received.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  const answers = [send(), send()];
  await arrived(1);
  const mutation = send('{"query":"mutation { m }"}', true);
  await arrived(2);
  answers.push(send(), send());
  await arrived(4);
  held[1]?.();
  await mutation;
  answers.push(send(), send());
  await arrived(5);
  answers.push(send());
  for (const answer of held) answer();
  await Promise.all(answers);
  assert.equal(received.length, 5);
});

test("a fetch of a mutation's plan joins no other", async (t) => {
  const { listener, release, count } = holding();
  const { requestSubgraph } = await client(t, listener);
  const request = { subgraph: 'movies', body: BODY, isMutation: false, path: [] };
  const pending = [
    requestSubgraph(request, {}),
    requestSubgraph({ ...request, followsWrite: true }, {}),
    requestSubgraph(request, {}),
  ];
  setTimeout(release, 50);
  await Promise.all(pending);
  assert.equal(count(), 2);
});

test('compressed responses are accepted, and an unsupported coding is named', async (t) => {
  const codings = ['gzip', 'br', 'deflate', 'zstd'];
  let accepted: string | string[] | undefined;
  const encode = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateSync, zstd: zstdCompressSync };
  const { send } = await client(t, (request, response) => {
    accepted = request.headers['accept-encoding'];
    const coding = codings.shift() as keyof typeof encode;
    response.writeHead(200, { 'content-encoding': coding }).end(encode[coding](Buffer.from('{"data":{"a":2}}')));
  });
  for (let round = 0; round < 3; round += 1) assert.deepEqual(await send(), { data: { a: 2 }, isPlain: true });
  assert.equal(accepted, 'gzip, br, deflate');
  const message =
    'The subgraph movies returned a response with the content coding "zstd"; supported are gzip, br, deflate.';
  await assert.rejects(send(), refusal('SUBGRAPH_BAD_RESPONSE', message));
});

test('a response beyond the decoded limit is rejected', async (t) => {
  const { send } = await client(t, (_, response) => {
    const bomb = gzipSync(Buffer.alloc(80 * 2 ** 20, ' '));
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
  });
  const message = 'The subgraph movies returned a response of more than 67108864 bytes.';
  await assert.rejects(send(), refusal('SUBGRAPH_BAD_RESPONSE', message));
});
