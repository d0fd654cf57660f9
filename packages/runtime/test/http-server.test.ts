import assert from 'node:assert/strict';
import { after, test } from 'node:test';
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
