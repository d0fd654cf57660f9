import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { GraphQLDataSourceProcessOptions } from '@apollo/gateway';
import { createContext } from '@marquee/runtime/process';
import { GraphQLError } from 'graphql';
import { createSubgraphClient } from '../../src/infrastructure/subgraph-client.ts';

async function client(t: TestContext, listener: RequestListener, timeoutMs = 5_000) {
  const ctx = createContext('gateway-test', 'silent');
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const dataSource = createSubgraphClient(ctx, { timeoutMs, signingKey: undefined })({
    name: 'films',
    url: `http://127.0.0.1:${port}/a?b=1`,
  });
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await ctx.stop();
  });
  const send = () =>
    dataSource.process({
      kind: 'health check' as GraphQLDataSourceProcessOptions['kind'] & 'health check',
      context: {},
      request: { query: 'query Q($a: Int) { a(a: $a) }', operationName: 'Q', variables: { a: 1 } },
    });
  return { send, server, port, ctx };
}

const refusal = (code: string, message: string) => (error: unknown) => {
  assert.ok(error instanceof GraphQLError);
  assert.equal(error.message, message);
  assert.deepEqual(error.extensions, { code, serviceName: 'films' });
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
  for (let round = 0; round < 10; round += 1) assert.deepEqual(await send(), { data: { a: 2 } });
  const body = Buffer.from('{"query":"query Q($a: Int) { a(a: $a) }","variables":{"a":1},"operationName":"Q"}');
  assert.deepEqual(seen[0], ['POST', '/a?b=1', 'application/json', [body]]);
  assert.ok(connections <= 2, `${connections} connections for 10 requests in turn`);
});

test('GraphQL errors come through whatever the status', async (t) => {
  const { send } = await client(t, (_, response) => {
    response.writeHead(400).end('{"errors":[{"message":"no such field"}]}');
  });
  assert.deepEqual(await send(), { errors: [{ message: 'no such field' }] });
});

test('an answer that is not GraphQL is refused', async (t) => {
  const answers = ['<html>Bad gateway</html>', '[]', 'null', '{"message":"no"}', ''];
  const { send } = await client(t, (_, response) => {
    response.writeHead(502).end(answers.pop());
  });
  const expected = refusal('SUBGRAPH_BAD_RESPONSE', 'The subgraph films gave an answer that is not GraphQL.');
  while (answers.length > 0) await assert.rejects(send(), expected);
});

test('a subgraph that is away, or hangs up, is named without its address', async (t) => {
  const { send, server } = await client(t, (request) => request.socket.destroy());
  const expected = refusal('SUBGRAPH_UNAVAILABLE', 'The subgraph films cannot be reached.');
  await assert.rejects(send(), expected);
  server.close();
  await once(server, 'close');
  await assert.rejects(send(), expected);
});

test('a subgraph that does not answer in time is given up, before its head and within its body', async (t) => {
  let withHead = false;
  const { send, ctx } = await client(
    t,
    (_, response) => {
      if (withHead) response.write('{"data":');
      withHead = true;
    },
    200,
  );
  const expected = refusal('SUBGRAPH_TIMEOUT', 'The subgraph films did not answer in time.');
  await assert.rejects(send(), expected);
  await assert.rejects(send(), expected);
  assert.match(await ctx.metrics.metrics(), /marquee_subgraph_requests_total\{subgraph="films",\S+ 2/);
});
