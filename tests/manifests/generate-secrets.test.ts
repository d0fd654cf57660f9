import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { root, subgraphs } from './kubectl.ts';
import { SECRETS } from './rules/configuration.ts';

interface Secret {
  readonly metadata: { readonly name: string };
  readonly type: string;
  readonly stringData: Readonly<Record<string, string>>;
}

/** A fake of a cluster's API for creating secrets, and a pod that creates them there. */
async function cluster(t: TestContext) {
  const secrets = new Map<string, Secret>();
  let broken = false;
  const server = createServer(async (request, response) => {
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
    const allowed =
      request.headers.authorization === 'Bearer the-token' && request.url === '/api/v1/namespaces/marquee/secrets';
    const status = broken ? 500 : !allowed ? 403 : secrets.has(body.metadata.name) ? 409 : 201;
    if (status === 201) secrets.set(body.metadata.name, body);
    response.writeHead(status).end('{}');
  });
  t.after(() => server.close());
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const folder = mkdtempSync(path.join(tmpdir(), 'marquee-secrets-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(path.join(folder, 'token'), 'the-token\n');
  writeFileSync(path.join(folder, 'namespace'), 'marquee');
  // Without a package.json, as in the ConfigMap.
  const script = path.join(folder, 'generate-secrets.ts');
  for (const file of ['generate-secrets.ts', 'subgraphs']) {
    copyFileSync(path.join(root, 'k8s/overlays/local/secrets', file), path.join(folder, file));
  }
  const run = async () => {
    const env = {
      KUBERNETES_CREDENTIALS: folder,
      KUBERNETES_API: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    };
    const child = spawn(process.execPath, [script], { env, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    const [code] = await once(child, 'close');
    return { code, output };
  };
  return { secrets, run, break: () => (broken = true) };
}

test('a cluster gets valid secrets once', async (t) => {
  const { secrets, run } = await cluster(t);
  const { code, output } = await run();
  assert.equal(code, 0, output);
  for (const [name, { stringData }] of secrets) {
    for (const key of Object.keys(stringData)) assert.ok(SECRETS[name]?.includes(key), `${name} has ${key}`);
    for (const value of Object.values(stringData)) assert.ok(!output.includes(value), 'a secret was printed');
  }
  const valuesOf = (name: string) => secrets.get(name)?.stringData ?? {};

  const { username, password, url } = valuesOf('people-database');
  assert.equal(url, `postgres://people_runtime:${password}@postgres:5432/marquee`);
  assert.equal(username, 'people_runtime');
  for (const { name } of subgraphs) assert.ok(secrets.has(`${name}-database-owner`), name);
  assert.notEqual(password, valuesOf('people-database-owner').password);
  // The form that packages/trust reads: an id, and 32 random bytes.
  assert.match(valuesOf('signing-keys').keys ?? '', /^k1:[A-Za-z0-9_-]{43}\n$/);

  const { 'public.pem': pem = '', token = '' } = valuesOf('token-public-key');
  const [header = '', claims = '', signature = ''] = token.split('.');
  assert.ok(
    verify(null, Buffer.from(`${header}.${claims}`), createPublicKey(pem), Buffer.from(signature, 'base64url')),
  );
  const settings = readFileSync(path.join(root, 'k8s/base/gateway/settings.env'), 'utf8');
  const { iss, aud, scope } = JSON.parse(Buffer.from(claims, 'base64url').toString());
  assert.ok(settings.includes(`AUTH_ISSUER=${iss}\n`) && settings.includes(`AUTH_AUDIENCE=${aud}\n`));
  assert.equal(scope, 'movies:write people:write ratings:write ratings:moderate supergraph:read');

  const before = new Map(secrets);
  assert.equal((await run()).code, 0);
  assert.deepEqual(secrets, before, 'what is there stays');
});

test('a secret that cannot be created fails the job, which is retried', async (t) => {
  const api = await cluster(t);
  api.break();
  const { code, output } = await api.run();
  assert.equal(code, 1);
  assert.match(output, /secret installation: HTTP 500/);
});
