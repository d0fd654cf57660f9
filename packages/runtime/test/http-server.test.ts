import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { after, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createHttpServer, listen } from '../src/http-server.ts';
import { createContext } from '../src/process.ts';

const ctx = createContext('test', 'silent');
after(() => ctx.stop());

test('health, readiness and metrics over HTTP', async () => {
  let databaseIsThere = true;
  ctx.health.addCheck('database', async () => {
    if (!databaseIsThere) throw new Error('connection refused at 10.0.0.1');
  });
  const port = await listen(ctx, createHttpServer(ctx), { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const at = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);

  assert.equal((await at('/healthz')).status, 200);
  assert.deepEqual(await (await at('/readyz')).json(), { ready: true, draining: false, checks: { database: 'ok' } });

  databaseIsThere = false;
  const unready = await at('/readyz');
  assert.equal(unready.status, 503);
  assert.deepEqual(await unready.json(), { ready: false, draining: false, checks: { database: 'failing' } });
  assert.equal((await at('/healthz')).status, 200, 'a database that is away does not make the process unhealthy');

  const metrics = await (await at('/metrics')).text();
  assert.match(metrics, /process_cpu_seconds_total\{service="test"\}/);
});

test('a check that gates nothing is shown, and holds no traffic back', async () => {
  const serving = createContext('serving', 'silent');
  serving.health.addCheck('neighbour', () => Promise.reject(new Error('away')), { gatesReadiness: false });
  const ready = { ready: true, draining: false, checks: { neighbour: 'failing' } };
  assert.deepEqual(await serving.health.readiness(), ready);
  serving.health.addCheck('database', () => Promise.reject(new Error('away')));
  assert.equal((await serving.health.readiness()).ready, false);
});

test('a port in use is said with the variable that changes it', async () => {
  const first = createHttpServer(ctx);
  const port = await listen(ctx, first, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  await assert.rejects(listen(ctx, createHttpServer(ctx), { host: '127.0.0.1', port, variable: 'MOVIES_PORT' }), {
    code: 'PORT_IN_USE',
    exitCode: 2,
    message: `Port ${port} is in use: set MOVIES_PORT to a free one.`,
  });
});

test('a request under way is answered when the process stops, and readiness falls', async () => {
  const draining = createContext('draining', 'silent');
  const server = createHttpServer(draining);
  const begun = Promise.withResolvers<void>();
  server.get('/slow', async () => {
    begun.resolve();
    await sleep(200);
    return 'done';
  });
  const port = await listen(draining, server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  await begun.promise;
  const stopped = draining.stop();
  assert.equal((await draining.health.readiness()).ready, false);
  assert.equal(await (await answer).text(), 'done');
  await stopped;
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

/** A connection that has sent this. */
async function sent(port: number, bytes: string): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.write(bytes);
  return socket;
}

/** Sends a byte every 50 ms until the connection ends, and returns what came back. */
async function trickle(t: TestContext, port: number, beginning: string, byte: string): Promise<string> {
  const socket = await sent(port, beginning);
  const timer = setInterval(() => socket.write(byte), 50);
  t.after(() => clearInterval(timer));
  socket.on('error', () => {}); // the server may reset it between two bytes
  const received = text(socket).catch(() => '');
  await new Promise((resolve) => socket.once('close', resolve));
  clearInterval(timer);
  return received;
}

const HEADERS = 'POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n';

/** Requests that never arrive as a whole, however long one waits. */
const UNFINISHED = {
  'a body of a known length': [`${HEADERS}Content-Length: 100000\r\n\r\n`, ' '],
  'a chunked body': [`${HEADERS}Transfer-Encoding: chunked\r\n\r\n`, '1\r\n \r\n'],
  'a header': [`${HEADERS}X-Long: `, 'x'],
  'headers without end': [HEADERS, 'a: b\r\n'],
  'a chunk extension': [`${HEADERS}Transfer-Encoding: chunked\r\n\r\n1;`, 'x'],
} as const;

for (const [name, [beginning, byte]] of Object.entries(UNFINISHED)) {
  test(`a request is cut off that trickles: ${name}`, async (t) => {
    const serving = createContext('trickled', 'silent');
    t.after(() => serving.stop());
    const server = createHttpServer(serving, { requestTimeoutMs: 300 });
    server.post('/echo', async ({ body }) => body);
    const port = await listen(serving, server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
    assert.match(await trickle(t, port, beginning, byte), /^(HTTP\/1\.1 4\d\d |$)/);
    assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  });

  test(`a process stops although a request trickles: ${name}`, async (t) => {
    const stopped = createContext('stopped', 'silent');
    const server = createHttpServer(stopped);
    server.post('/echo', async ({ body }) => body);
    const options = { host: '127.0.0.1', port: 0, variable: 'PORT', drainTimeoutMs: 300 };
    const trickling = trickle(t, await listen(stopped, server, options), beginning, byte);
    await stopped.stop();
    await trickling;
  });
}

test('a request that is whole is answered when another that trickles is cut off at the end', async (t) => {
  const stopped = createContext('both', 'silent');
  const server = createHttpServer(stopped);
  const begun = Promise.withResolvers<void>();
  const cut = Promise.withResolvers<void>();
  server.post('/echo', async ({ body }) => body);
  server.get('/slow', async () => {
    begun.resolve();
    await cut.promise;
    return 'done';
  });
  const options = { host: '127.0.0.1', port: 0, variable: 'PORT' };
  const port = await listen(stopped, server, options);
  const trickling = trickle(t, port, ...UNFINISHED['a body of a known length']);
  const answer = fetch(`http://127.0.0.1:${port}/slow`);
  await begun.promise;
  const end = stopped.stop();
  await trickling;
  cut.resolve();
  assert.equal(await (await answer).text(), 'done');
  await end;
});

test('an answer that nobody takes does not keep a process', async () => {
  const stopped = createContext('untaken', 'silent');
  const server = createHttpServer(stopped);
  server.get('/large', async () => 'x'.repeat(30 * 1024 * 1024));
  const options = { host: '127.0.0.1', port: 0, variable: 'PORT', drainTimeoutMs: 200 };
  const socket = await sent(await listen(stopped, server, options), 'GET /large HTTP/1.1\r\nHost: a\r\n\r\n');
  await once(socket, 'readable');
  await stopped.stop();
  socket.destroy();
});
