import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { until } from '../fixtures/gateway-process.ts';
import { type ServedGraph, startGraph } from '../fixtures/served-graph.ts';

const PARTS = { movies: { schema: 'type Query { movie: Int }', resolvers: { Query: { movie: () => 1 } } } };

/** Sends a body byte by byte until the connection closes, and returns the response. */
async function trickle(t: TestContext, { url }: ServedGraph): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => {}); // the gateway may reset it between two bytes
  socket.write('POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n');
  const timer = setInterval(() => socket.write(' '), 50);
  t.after(() => clearInterval(timer));
  const received = text(socket).catch(() => '');
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return received;
}

test('a slow request body is rejected, and not logged as an error', async (t) => {
  const graph = await startGraph(PARTS, { REQUEST_TIMEOUT_MS: '500' });
  t.after(() => graph.stop());
  assert.match(await trickle(t, graph), /^(HTTP\/1\.1 408 |$)/);
  assert.deepEqual(await graph.query('{ movie }'), { data: { movie: 1 } });
  assert.deepEqual(
    graph.log().filter(({ level }) => level === 'error'),
    [],
  );
});

test('a gateway ends despite a slow request body, with workers too', async (t) => {
  for (const WORKERS of ['1', '2']) {
    const graph = await startGraph(PARTS, { DRAIN_TIMEOUT_MS: '500', WORKERS });
    t.after(() => graph.stop());
    await until(async () => (await fetch(`${graph.url}/readyz`)).ok);
    const trickling = trickle(t, graph);
    assert.equal(await graph.stop(), 0);
    await trickling;
  }
});
