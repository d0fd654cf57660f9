// Makes the secrets of a cluster through its API, each only when it is not there: what exists is neither read nor changed.
// It is a file in a ConfigMap, so it imports nothing but what Node has.
//   KUBERNETES_CREDENTIALS   folder with `token` and `namespace`, as a pod has it mounted
//   KUBERNETES_API           the API's address; by default that of the cluster the pod is in
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const {
  KUBERNETES_API,
  KUBERNETES_SERVICE_HOST = '',
  KUBERNETES_SERVICE_PORT = '443',
  KUBERNETES_CREDENTIALS = '',
} = process.env;
const host = KUBERNETES_SERVICE_HOST.includes(':') ? `[${KUBERNETES_SERVICE_HOST}]` : KUBERNETES_SERVICE_HOST;
const api = KUBERNETES_API ?? `https://${host}:${KUBERNETES_SERVICE_PORT}`;
const credential = (name: string) => readFileSync(join(KUBERNETES_CREDENTIALS, name), 'utf8').trim();
const namespace = credential('namespace');
/** Names of the subgraphs, a line each in the file beside this one. */
const subgraphs = readFileSync(join(import.meta.dirname, 'subgraphs'), 'utf8')
  .split('\n')
  .filter((line) => /^[a-z]/.test(line));

/** Letters and digits alone: these stand in URLs and in SQL. */
const password = () => randomBytes(24).toString('hex');

/** Every scope that a subgraph or the gateway asks for. */
const SCOPES = ['movies:write', 'people:write', 'ratings:write', 'ratings:moderate', 'supergraph:read'];
const WEEK_SECONDS = 7 * 24 * 3600;

/** A token with all scopes, signed as RFC 7515 and RFC 8037 say, for the issuer that k8s/base/gateway/settings.env names. */
function developmentToken(key: KeyObject): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'marquee',
    aud: 'marquee',
    sub: 'developer',
    scope: SCOPES.join(' '),
    iat: now,
    exp: now + WEEK_SECONDS,
  };
  const signed = `${part({ alg: 'EdDSA', typ: 'at+jwt' })}.${part(claims)}`;
  return `${signed}.${sign(null, Buffer.from(signed), key).toString('base64url')}`;
}

function roleSecret(name: string, username: string) {
  const secret = password();
  const url = `postgres://${username}:${secret}@postgres:5432/marquee`;
  return { name, type: 'kubernetes.io/basic-auth', values: { username, password: secret, url } };
}

function secrets() {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const opaque = (name: string, values: Record<string, string>) => ({ name, type: 'Opaque', values });
  return [
    opaque('installation', { id: randomBytes(8).toString('hex') }),
    opaque('postgres', { password: password() }),
    ...[...subgraphs, 'ingest'].flatMap((schema) => [
      roleSecret(`${schema}-database`, `${schema}_runtime`),
      roleSecret(`${schema}-database-owner`, `${schema}_owner`),
    ]),
    opaque('signing-keys', { keys: `k1:${randomBytes(32).toString('base64url')}\n` }),
    // One secret for the pair and its token, so that they fit one another whatever is there already.
    opaque('token-public-key', {
      'public.pem': publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      token: developmentToken(privateKey),
    }),
  ];
}

for (const { name, type, values } of secrets()) {
  const response = await fetch(`${api}/api/v1/namespaces/${namespace}/secrets`, {
    method: 'POST',
    headers: { authorization: `Bearer ${credential('token')}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      apiVersion: 'v1',
      kind: 'Secret',
      type,
      metadata: { name, labels: { 'app.kubernetes.io/part-of': 'marquee' } },
      stringData: values,
    }),
    signal: AbortSignal.timeout(10_000),
  });
  const known = response.status === 409;
  if (!response.ok && !known)
    throw new Error(`secret ${name}: HTTP ${response.status} ${(await response.text()).slice(0, 500)}`);
  process.stdout.write(`secret ${name}: ${known ? 'is there' : 'made'}\n`);
}
