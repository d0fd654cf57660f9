import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { freePort, isPortFree } from '../src/free-port.ts';

test('a free port can be listened on, and is not free then', async () => {
  const port = await freePort();
  assert.equal(await isPortFree(port), true);
  const server = createServer().listen(port, '127.0.0.1');
  await once(server, 'listening');
  assert.equal(await isPortFree(port), false);
  server.close();
});
