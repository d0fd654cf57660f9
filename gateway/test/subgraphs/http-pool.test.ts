import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpPool } from '../../src/subgraphs/http-pool.ts';

test('a connection is replaced after its lifetime without a failed request', async (t) => {
  let connections = 0;
  let requests = 0;
  const server = createServer(async (request, response) => {
    await request.toArray();
    requests += 1;
    // Some take longer than a connection's lifetime.
    await sleep(requests % 20 === 0 ? 120 : 5);
    response.end('{"data":{}}');
  }).listen(0, '127.0.0.1');
  server.on('connection', () => (connections += 1));
  await once(server, 'listening');
  const exchange = createHttpPool({ connectTimeoutMs: 1_000, maxWaiting: 0, idleMs: 1_000, connectionLifeMs: 50 });
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
      const { status } = await origin.post({ target: '/', headers: {}, body: '{}', isRepeatable: true, deadline });
      assert.equal(status, 200);
    }
    return answers;
  };
  const answers = await Promise.all([client(), client(), client()]);
  assert.ok(answers.every((count) => count > 10));
  assert.ok(connections > 9, `${connections} connections in twenty lives of one`);
});

test('only HTTP/1.1 is offered, with TLS too', async (t) => {
  const hello = Promise.withResolvers<Buffer>();
  const server = createTcpServer((socket) => {
    socket.once('data', (bytes) => {
      hello.resolve(bytes);
      socket.destroy();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const exchange = createHttpPool({ connectTimeoutMs: 1_000, maxWaiting: 0, idleMs: 1_000 });
  t.after(async () => {
    await exchange.close();
    server.close();
  });
  const origin = exchange.to(`https://127.0.0.1:${(server.address() as AddressInfo).port}`);
  await assert.rejects(
    origin.post({ target: '/', headers: {}, body: '{}', isRepeatable: true, deadline: performance.now() + 5_000 }),
  );
  // Each protocol name has its length before it (RFC 7301, section 3.1).
  const offered = (await hello.promise).toString('latin1');
  assert.ok(offered.includes('\x08http/1.1'));
  assert.ok(!offered.includes('\x02h2'));
});

/** Creates an HTTP/1.1 server that closes idle connections after a time that it does not announce. */
async function startClosingServer(t: TestContext, closesAfterMs: number) {
  const seen = { requests: 0, connections: 0 };
  const server = createTcpServer((socket) => {
    seen.connections += 1;
    let idle: NodeJS.Timeout | undefined;
    socket.on('error', () => {});
    socket.on('close', () => clearTimeout(idle));
    socket.on('data', (bytes) => {
      clearTimeout(idle);
      if (!bytes.includes('POST')) return;
      seen.requests += 1;
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n{"data":{}}');
      idle = setTimeout(() => socket.destroy(), closesAfterMs);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { seen, server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('no mutation uses a connection that its server may be closing, and none is sent twice', async (t) => {
  for (const closesAfterMs of [150, 300, 450]) {
    const { seen, origin } = await startClosingServer(t, closesAfterMs);
    const exchange = createHttpPool({ connectTimeoutMs: 1_000, maxWaiting: 0, idleMs: 1_000 });
    t.after(() => exchange.close());
    const connections = exchange.to(origin);
    let sent = 0;
    for (let round = 0; round < 12; round += 1) {
      const requests = Array.from({ length: 8 }, () => {
        sent += 1;
        const deadline = performance.now() + 5_000;
        return connections.post({ target: '/', headers: {}, body: '{}', isRepeatable: false, deadline });
      });
      for (const { status } of await Promise.all(requests)) assert.equal(status, 200);
      await sleep(closesAfterMs - 4 + (round % 9));
    }
    assert.equal(seen.requests, sent);
  }
});

test('an idle connection is reused until its idle time ends', async (t) => {
  const { seen, origin } = await startClosingServer(t, 10_000);
  const exchange = createHttpPool({ connectTimeoutMs: 1_000, maxWaiting: 0, idleMs: 300 });
  t.after(() => exchange.close());
  const connections = exchange.to(origin);
  const post = () =>
    connections.post({ target: '/', headers: {}, body: '{}', isRepeatable: true, deadline: performance.now() + 5_000 });
  await post();
  await sleep(20);
  await post();
  assert.equal(seen.connections, 1);
  await sleep(600);
  await post();
  assert.equal(seen.connections, 2);
});

test('connections are kept while none can be opened, and addresses while lookups fail', async (t) => {
  const server = createServer((_, response) => response.end('{"data":{}}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  let isOut = false;
  let lookups = 0;
  const exchange = createHttpPool({
    connectTimeoutMs: 1_000,
    maxWaiting: 0,
    idleMs: 1_000,
    connectionLifeMs: 100,
    lookUpAll(name, _options, onAddresses) {
      lookups += 1;
      assert.equal(name, 'people');
      if (isOut) onAddresses(Object.assign(new Error('queryA EAI_AGAIN people'), { code: 'EAI_AGAIN' }), []);
      else onAddresses(null, [{ address: '127.0.0.1', family: 4 }]);
    },
  });
  t.after(async () => {
    await exchange.close();
    server.close();
  });
  const connections = exchange.to(`http://people:${port}`);
  const post = (isRepeatable: boolean) =>
    connections.post({ target: '/', headers: {}, body: '{}', isRepeatable, deadline: performance.now() + 2_000 });
  await Promise.all([post(true), post(false)]);
  isOut = true;
  const before = lookups;
  // Ten lifetimes of a connection, and one idle time.
  for (let round = 0; round < 20; round += 1) {
    await Promise.all([post(true), post(true), post(false)]);
    await sleep(50);
  }
  await sleep(1_300);
  await Promise.all([post(true), post(false)]);
  assert.ok(lookups > before);
});

test('connections are kept when their server accepts no others', async (t) => {
  const { seen, origin, server } = await startClosingServer(t, 10_000);
  const exchange = createHttpPool({ connectTimeoutMs: 200, maxWaiting: 0, idleMs: 1_000, connectionLifeMs: 100 });
  t.after(() => exchange.close());
  const connections = exchange.to(origin);
  const post = () =>
    connections.post({ target: '/', headers: {}, body: '{}', isRepeatable: true, deadline: performance.now() + 2_000 });
  await post();
  server.close();
  for (let round = 0; round < 100; round += 1) {
    await sleep(5);
    await post();
  }
  assert.deepEqual(seen, { requests: 101, connections: 1 });
});
