import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { startRegistryRelay } from '../../src/images/registry-relay.ts';

test('a relay answers as its registry does, with the credentials, and leads to itself for tarballs', async (t) => {
  const seen: (string | undefined)[] = [];
  const registry = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    const { port } = registry.address() as AddressInfo;
    const dist = { tarball: `http://127.0.0.1:${port}/private/@scope/thing/-/thing-1.0.0.tgz` };
    if (request.url === '/private/@scope%2fthing') {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ name: '@scope/thing', versions: { '1.0.0': { dist } } }));
    } else if (request.url === '/private/@scope/thing/-/thing-1.0.0.tgz') {
      response.setHeader('content-type', 'application/octet-stream');
      response.end('tarball');
    } else {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const { port } = registry.address() as AddressInfo;
  const relay = await startRegistryRelay({
    registry: `http://127.0.0.1:${port}/private/`,
    [`//127.0.0.1:${port}/private/:_authToken`]: 'word',
    fetchRetries: 0,
  } as Parameters<typeof startRegistryRelay>[0]);
  t.after(async () => {
    await relay.close();
    registry.close();
  });
  const packument = await fetch(`${relay.url}@scope%2fthing`);
  assert.equal(packument.status, 200);
  const { versions } = (await packument.json()) as { versions: { '1.0.0': { dist: { tarball: string } } } };
  const { tarball } = versions['1.0.0'].dist;
  assert.ok(tarball.startsWith(relay.url), tarball);
  assert.equal(await (await fetch(tarball)).text(), 'tarball');
  assert.deepEqual(seen, [
    '/private/@scope%2fthing Bearer word',
    '/private/@scope/thing/-/thing-1.0.0.tgz Bearer word',
  ]);
  assert.equal((await fetch(`${relay.url}nothing`)).status, 404);
  assert.equal((await fetch(`${relay.url}thing`, { method: 'PUT', body: '{}' })).status, 405);
});
