import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, beforeEach, test } from 'node:test';
import { until } from '../fixtures/gateway-process.ts';
import type { GraphPart } from '../fixtures/graph.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

/** Releases the slow responses of subgraphs. */
let gate = Promise.withResolvers<void>();

async function slowly<Value>(value: Value): Promise<Value> {
  await gate.promise;
  return value;
}

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: `type Query { movie(id: ID!): Movie slow(n: Int): Int alive: Boolean }
      type Mutation { write(n: Int): Movie }
      type Movie @key(fields: "id") { id: ID! title: String }`,
    resolvers: {
      Query: { movie: (_, { id }) => ({ id }), slow: (_, { n }) => slowly(n), alive: () => true },
      Mutation: { write: (_, { n }) => slowly({ id: `${n}` }) },
      Movie: { title: ({ id }) => `movie ${id}` },
    },
  },
  scores: {
    schema: `type Query { best: Int } type Movie @key(fields: "id") { id: ID! score: Int critic: Critic }
      type Critic @key(fields: "id") { id: ID! }`,
    resolvers: {
      Query: { best: () => slowly(10) },
      Movie: { __resolveReference: slowly, score: () => 8, critic: ({ id }) => ({ id: `c${id}` }) },
    },
  },
  names: {
    schema: 'type Critic @key(fields: "id") { id: ID! name: String }',
    resolvers: { Critic: { __resolveReference: (critic) => critic, name: () => 'a critic' } },
  },
};

const DEFER = 'multipart/mixed;deferSpec=20220824';

let graph: ServedGraph;
before(async () => {
  graph = await startGraph(PARTS, { LOG_LEVEL: 'debug', SUBGRAPH_TIMEOUT_MS: '60000' });
});
after(async () => {
  gate.resolve();
  await graph?.stop();
});
beforeEach(async () => {
  gate.resolve();
  gate = Promise.withResolvers();
  graph.requests.length = 0;
  graph.cancelled.length = 0;
});

function post(query: string, accept = 'application/json'): string {
  const body = JSON.stringify({ query });
  return `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAccept: ${accept}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

const get = (query: string) =>
  `GET /graphql?query=${encodeURIComponent(query)} HTTP/1.1\r\nHost: a\r\nAccept: application/graphql-response+json\r\nApollo-Require-Preflight: 1\r\n\r\n`;

/** Sends bytes, and collects the received ones. */
async function client(request: string): Promise<{ socket: Socket; text: () => string }> {
  const { hostname, port } = new URL(graph.url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', (chunk) => (text += chunk));
  await once(socket, 'connect');
  socket.write(request);
  return { socket, text: () => text };
}

const requested = (count: number) => until(() => graph.requests.length >= count);
const cancelled = (count: number) => until(() => graph.cancelled.length >= count);

/** Asserts that a leaving client causes no error and no warning. */
async function noFaults(): Promise<void> {
  const faults = graph.log().filter(({ level }) => ['warn', 'error', 'fatal'].includes(level));
  assert.deepEqual(faults, []);
  const metrics = await (await fetch(`${graph.url}/metrics`)).text();
  assert.doesNotMatch(metrics, /code="CANCELLED"/);
  assert.doesNotMatch(metrics, /^marquee_subgraph_retries_total\{.*\} [1-9]/m);
  assert.doesNotMatch(metrics, /^marquee_subgraph_circuit_state\{.*\} [1-9]/m);
}

const REQUESTS: Record<string, string> = {
  POST: post('{ slow(n: 1) }'),
  GET: get('{ slow(n: 2) }'),
  'POST of a query of two subgraphs': post('{ slow(n: 3) best }'),
  'POST, in a second step': post('{ movie(id: 4) { title score } }'),
  '@defer before the first part': post('{ slow(n: 5) movie(id: 5) { id ... @defer { score } } }', DEFER),
  '@defer after the first part': post('{ movie(id: 6) { title ... @defer { score } } }', DEFER),
};

for (const [name, request] of Object.entries(REQUESTS)) {
  test(`a client that leaves cancels the pending subgraph requests: ${name}`, async () => {
    const { socket } = await client(request);
    const slow = () =>
      graph.requests.filter(({ subgraph, query }) => subgraph === 'scores' || query.includes('slow')).length;
    const expected = /best|before/.test(`${name}${request}`) ? 2 : 1;
    await until(() => slow() >= (name.startsWith('@defer before') ? 1 : expected));
    const waiting = slow();
    socket.destroy();
    await cancelled(waiting);
    gate.resolve();
    await noFaults();
  });
}

test('nothing is requested after the client has left', async () => {
  const { socket } = await client(post('{ movie(id: 1) { title critic { name } } }'));
  await until(() => graph.requests.some(({ subgraph }) => subgraph === 'scores'));
  socket.destroy();
  await cancelled(1);
  gate.resolve();
  await graph.query('{ alive }');
  assert.deepEqual(
    graph.requests.filter(({ subgraph }) => subgraph === 'names'),
    [],
  );
});

test('a shared execution is cancelled with its last client', async () => {
  const [one, other, third] = [
    await client(post('{ slow(n: 10) }')),
    await client(post('{ slow(n: 10) }')),
    await client(get('{ slow(n: 10) }')),
  ];
  await requested(1);
  await graph.query('{ alive }');
  one.socket.destroy();
  third.socket.destroy();
  await graph.query('{ alive }');
  assert.deepEqual(graph.cancelled, []);
  other.socket.destroy();
  await cancelled(1);
  assert.equal(graph.requests.filter(({ query }) => query.includes('slow')).length, 1);
});

test('a remaining client gets the response of a shared execution', async () => {
  const [one, other] = [await client(post('{ slow(n: 11) }')), await client(post('{ slow(n: 11) }'))];
  await requested(1);
  await graph.query('{ alive }');
  one.socket.destroy();
  await graph.query('{ alive }');
  gate.resolve();
  await until(() => other.text().includes('{"data":{"slow":11}}'));
  assert.deepEqual(graph.cancelled, []);
  other.socket.destroy();
});

test('a subgraph request that two operations share is cancelled with the last', async () => {
  const [one, other] = [
    await client(post('{ movie(id: 12) { score } }')),
    await client(post('{ movie(id: 12) { score } alive }')),
  ];
  await until(async () => (await graph.metric('marquee_subgraph_requests_shared_total{subgraph="scores"')) > 0);
  one.socket.destroy();
  await graph.query('{ alive }');
  assert.deepEqual(graph.cancelled, []);
  other.socket.destroy();
  await cancelled(1);
  assert.equal(graph.requests.filter(({ subgraph }) => subgraph === 'scores').length, 1);
});

test('an equal query starts again after all clients have left', async () => {
  const { socket } = await client(post('{ slow(n: 13) }'));
  await requested(1);
  socket.destroy();
  await cancelled(1);
  const answer = graph.query('{ slow(n: 13) }');
  await requested(2);
  gate.resolve();
  assert.deepEqual(await answer, { data: { slow: 13 } });
});

test('a mutation runs to its end with all fetches of its plan', async () => {
  const { socket } = await client(post('mutation { write(n: 14) { title score critic { name } } }'));
  await requested(1);
  socket.destroy();
  await once(socket, 'close');
  await graph.query('{ alive }');
  gate.resolve();
  await until(() => graph.requests.some(({ subgraph }) => subgraph === 'names'));
  assert.deepEqual(graph.cancelled, []);
  await noFaults();
});

test('pipelined requests are cancelled with their connection', async () => {
  const { socket } = await client(post('{ slow(n: 15) }') + get('{ slow(n: 16) }') + post('{ slow(n: 17) best }'));
  await requested(4);
  socket.destroy();
  await cancelled(4);
  await noFaults();
});

test('a connection has one listener for all its requests', async () => {
  const { socket, text } = await client('');
  for (let n = 1; n <= 20; n += 1) {
    socket.write(post('{ alive }'));
    await until(() => text().split('"alive":true').length > n);
  }
  socket.write(post('{ slow(n: 18) }'));
  await until(() => graph.requests.some(({ query }) => query.includes('slow')));
  socket.destroy();
  await cancelled(1);
  await noFaults();
});

test('clients that leave do not open a circuit', async () => {
  for (let round = 0; round < 3; round += 1) {
    const clients = await Promise.all(
      Array.from({ length: 15 }, (_, n) => client(post(`{ slow(n: ${100 + round * 15 + n}) }`))),
    );
    await requested(15 * (round + 1));
    for (const { socket } of clients) socket.destroy();
  }
  await cancelled(45);
  assert.deepEqual(await graph.query('{ alive }'), { data: { alive: true } });
  assert.ok(
    (await graph.metric(
      'marquee_operation_seconds_count{service="gateway",operation="anonymous",type="query",outcome="cancelled"}',
    )) >= 45,
  );
  await noFaults();
});
