import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';

/** A process that serves, sends itself requests, and ends. */
const PROGRAM = `
  import { registerAccessLog } from '@marquee/runtime/access-log';
  import { createHttpServer, listen } from '@marquee/runtime/http-server';
  import { createContext } from '@marquee/runtime/process';
  const ctx = createContext('test', 'warn');
  const server = createHttpServer(ctx);
  const log = registerAccessLog(server, ctx);
  server.post('/graphql', (request, reply) => {
    log.add(request, { trace_id: 'a'.repeat(32) });
    log.add(request, { operation: 'Movie', outcome: 'ok' });
    reply.code(201).send('{}');
  });
  const port = await listen(ctx, server, { host: '127.0.0.1', port: 0, variable: 'PORT' });
  const at = (path, init) => fetch('http://127.0.0.1:' + port + path, init);
  for (const path of ['/healthz', '/readyz', '/metrics']) await at(path);
  await at('/graphql?token=secret', { method: 'POST' });
  await at('/' + 'x'.repeat(1000));
  await ctx.stop();
`;

test('a line for each request, without queries and probes, at any level of the log', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROGRAM], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [output, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /secret/);
  const [request, unknown, ...others] = output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  assert.deepEqual(others, []);
  const { time, duration_ms: duration, ...rest } = request;
  assert.ok(Date.parse(time) > 0 && duration > 0);
  assert.deepEqual(rest, {
    level: 'info',
    service: 'test',
    part: 'access',
    method: 'POST',
    path: '/graphql',
    status: 201,
    bytes: 2,
    client: '127.0.0.1',
    trace_id: 'a'.repeat(32),
    operation: 'Movie',
    outcome: 'ok',
    msg: 'request',
  });
  assert.deepEqual([unknown.status, unknown.path.length], [404, 200]);
});
