import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpExchange } from '../../src/infrastructure/http-exchange.ts';

test('a connection is used for its time, and another takes its place without a failed request', async (t) => {
  let connections = 0;
  let asked = 0;
  const server = createServer(async (request, response) => {
    await request.toArray();
    asked += 1;
    // Some take longer than a connection's life.
    await sleep(asked % 20 === 0 ? 120 : 5);
    response.end('{"data":{}}');
  }).listen(0, '127.0.0.1');
  server.on('connection', () => (connections += 1));
  await once(server, 'listening');
  const exchange = createHttpExchange({ connectTimeoutMs: 1_000, maxWaiting: 0, connectionLifeMs: 50 });
  t.after(async () => {
    await exchange.close();
    server.close();
  });
  const origin = exchange.to(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const busyUntil = Date.now() + 1_000;
  const client = async () => {
    let answers = 0;
    for (; Date.now() < busyUntil; answers += 1) {
      const deadline = performance.now() + 5_000;
      const { status } = await origin.post({ target: '/', headers: {}, body: '{}', deadline });
      assert.equal(status, 200);
    }
    return answers;
  };
  const answers = await Promise.all([client(), client(), client()]);
  assert.ok(answers.every((count) => count > 10));
  assert.ok(connections > 9, `${connections} connections in twenty lives of one`);
});

test('with TLS too, HTTP/1.1 alone is offered', async (t) => {
  const hello = Promise.withResolvers<Buffer>();
  const server = createTcpServer((socket) => {
    socket.once('data', (bytes) => {
      hello.resolve(bytes);
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const exchange = createHttpExchange({ connectTimeoutMs: 1_000, maxWaiting: 0 });
  t.after(async () => {
    await exchange.close();
    server.close();
  });
  const origin = exchange.to(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await assert.rejects(origin.post({ target: '/', headers: {}, body: '{}', deadline: performance.now() + 5_000 }));
  // Names of protocols stand in it with their lengths before them (RFC 7301, section 3.1).
  const offered = (await hello.promise).toString('latin1');
  assert.ok(offered.includes('\x08http/1.1'));
  assert.ok(!offered.includes('\x02h2'));
});
