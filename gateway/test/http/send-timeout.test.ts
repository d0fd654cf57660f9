import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../fixtures/gateway-process.ts';
import type { GraphPart } from '../fixtures/graph.ts';
import { startGraph } from '../fixtures/served-graph.ts';

/** More than the kernel's send and receive buffers, which grow to 4 and 32 MiB on Linux. */
const LARGE = 'x'.repeat(48 * 1024 * 1024);

/** Releases the scores. */
const gate = Promise.withResolvers<void>();

const PARTS: Record<string, GraphPart> = {
  movies: {
    schema: 'type Query { movie: Movie } type Movie @key(fields: "id") { id: ID! script: String }',
    resolvers: { Query: { movie: () => ({ id: '1' }) }, Movie: { script: () => LARGE } },
  },
  scores: {
    schema: 'type Movie @key(fields: "id") { id: ID! critic: Critic } type Critic @key(fields: "id") { id: ID! }',
    resolvers: {
      Movie: {
        __resolveReference: async (movie) => {
          await gate.promise;
          return movie;
        },
        critic: () => ({ id: 'c' }),
      },
    },
  },
  names: {
    schema: 'type Critic @key(fields: "id") { id: ID! name: String }',
    resolvers: { Critic: { __resolveReference: (critic) => critic, name: () => 'a critic' } },
  },
};

/** Sends a request, and reads only the beginning of the response. */
async function sendAndStopReading(url: string, query: string, accept: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const body = JSON.stringify({ query });
  socket.write(
    `POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nAccept: ${accept}\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  await once(socket, 'readable');
  assert.match(String(socket.read(12)), /^HTTP\/1\.1 200$/);
  return socket;
}

/** Returns the number of bytes until the connection closes. */
async function rest(socket: Socket): Promise<number> {
  let bytes = 0;
  socket.on('data', (chunk) => (bytes += chunk.length));
  socket.on('error', () => {}); // the connection is reset
  await once(socket, 'close');
  return bytes;
}

test('a client that stops reading is disconnected, and its deferred fetches are not sent', async (t) => {
  const graph = await startGraph(PARTS, { SEND_TIMEOUT_MS: '500' });
  t.after(() => graph.stop());
  const connections = async () => {
    const answer = await fetch(`${graph.url}/metrics`, { headers: { connection: 'close' } });
    const text = await answer.text();
    return Number(/nodejs_active_resources\{type="TCPSocketWrap"[^}]*\} (\d+)/.exec(text)?.[1]);
  };
  // Connections of readiness checks end first.
  const own = 1;
  await until(async () => (await connections()) === own);
  const sockets = await Promise.all([
    sendAndStopReading(
      graph.url,
      '{ movie { script ... @defer { critic { name } } } }',
      'multipart/mixed;deferSpec=20220824',
    ),
    sendAndStopReading(graph.url, '{ movie { script } }', 'application/json'),
  ]);
  await until(async () => graph.requests.some(({ subgraph }) => subgraph === 'scores'));
  // Both clients are disconnected, and the request to scores is cancelled with its client.
  await until(async () => (await connections()) === own);
  gate.resolve();
  await sleep(200);
  assert.deepEqual(
    graph.requests.filter(({ subgraph }) => subgraph === 'names'),
    [],
  );
  for (const socket of sockets) assert.ok((await rest(socket)) < LARGE.length);
});

test('a client that waits longer for its response gets it', async (t) => {
  const slow = {
    ...PARTS,
    movies: { ...PARTS.movies, resolvers: { Query: { movie: () => sleep(1_200, { id: '1' }) } } },
  };
  const graph = await startGraph(slow as Record<string, GraphPart>, { SEND_TIMEOUT_MS: '300' });
  t.after(() => graph.stop());
  assert.deepEqual(await graph.query('{ movie { id } }'), { data: { movie: { id: '1' } } });
});
