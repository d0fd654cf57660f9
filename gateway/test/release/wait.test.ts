import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { folder, project } from './project.ts';

/** Serves the metrics of gateways, each at its own address. */
async function startGateways(t: TestContext, served: readonly string[][]) {
  const addresses: string[] = [];
  for (const supergraphs of served) {
    const server = createServer((_, response) => {
      const sha256s = supergraphs.map((each) => createHash('sha256').update(each).digest('hex'));
      response.end(sha256s.map((sha256) => `marquee_supergraph_info{sha256="${sha256}"} 1\n`).join(''));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    addresses.push(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }
  return addresses;
}

const options = (addresses: readonly string[]) => addresses.flatMap((address) => ['--gateway', address]);

test('a removal waits until every gateway, and every worker of it, serves the supergraph alone', async (t) => {
  const { wait, read } = project(t);
  const supergraph = read(`${folder}/supergraph.graphql`);
  const served = [['before'], ['before', supergraph], [supergraph]];
  const addresses = await startGateways(t, served);
  let isLoaded = false;
  const waiting = wait(options(addresses)).finally(() =>
    assert.ok(isLoaded, 'it ended before the last one had loaded it'),
  );
  setTimeout(() => served[0]?.splice(0, 1, supergraph), 1_500);
  setTimeout(() => {
    isLoaded = true;
    served[1]?.shift();
  }, 3_000);
  const { status, stdout, stderr } = await waiting;
  assert.equal(status, 0, stderr);
  for (const address of addresses) assert.match(stdout, new RegExp(`${address} serves the supergraph`));
});

test('gateways with another supergraph or without a response are named', async (t) => {
  const { wait, read } = project(t);
  const supergraph = read(`${folder}/supergraph.graphql`);
  const [loaded = '', behind = ''] = await startGateways(t, [[supergraph], ['before']]);
  const { status, stderr } = await wait([...options([loaded, behind, 'http://127.0.0.1:1']), '--timeout', '1']);
  assert.equal(status, 1);
  assert.match(stderr, /Not every gateway serves the supergraph [0-9a-f]{64} after 1 s\./);
  assert.match(stderr, new RegExp(`${behind} \\([0-9a-f]{64}\\), http://127\\.0\\.0\\.1:1 \\(no response\\)`));
  assert.ok(!stderr.includes(`${loaded} (`));
});

test('without addresses, the metrics of each pod in the cluster are read', async (t) => {
  const { wait, read, write, path } = project(t);
  const sha256 = createHash('sha256')
    .update(read(`${folder}/supergraph.graphql`))
    .digest('hex');
  const kubectl = (body: string) => {
    write('bin/kubectl', `#!/bin/sh\n${body}\n`);
    chmodSync(join(path, 'bin/kubectl'), 0o755);
    return wait(['--timeout', '1'], { PATH: `${join(path, 'bin')}:${process.env.PATH}` });
  };
  const pods = 'printf "pod/gateway-1\\npod/gateway-2\\n"';
  const info = (sum: string) => `echo 'marquee_supergraph_info{sha256="${sum}"} 1'`;
  const all = await kubectl(`case "$*" in *" get "*) ${pods};; *) ${info(sha256)};; esac`);
  assert.equal(all.status, 0, all.stderr);
  assert.equal(all.stdout, 'pod/gateway-1 serves the supergraph\npod/gateway-2 serves the supergraph\n');
  const old = info('0'.repeat(64));
  const one = await kubectl(`case "$*" in *" get "*) ${pods};; *gateway-2*) ${old};; *) ${info(sha256)};; esac`);
  assert.equal(one.status, 1);
  assert.match(one.stderr, /Gateways that do not: pod\/gateway-2 \(0{64}\)\./);
  const none = await kubectl('exit 0');
  assert.equal(none.status, 1);
  assert.match(none.stderr, /No gateway runs\./);
  const away = await kubectl('echo "connection refused" >&2; exit 1');
  assert.equal(away.status, 3);
  assert.match(away.stderr, /cannot be listed: .*connection refused/s);
});
