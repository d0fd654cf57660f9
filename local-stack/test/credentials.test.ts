import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { jwtVerify } from 'jose';
import { openCredentials } from '../src/credentials.ts';
import { dropState, openState, type State } from '../src/state.ts';

let folder: string;
let state: State;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-credentials-'));
  state = await openState(folder);
});
afterEach(async () => {
  await state.release();
  await rm(folder, { recursive: true });
});

const files = () => [state.signingKeysFile, state.tokenKeyFile, state.tokenPublicKeyFile, state.tokenFile];

test('a stack has keys of its own, kept from run to run, and a token that the gateway’s settings accept', async () => {
  const { gateway, subgraph, token = '' } = await openCredentials(state, {});
  assert.deepEqual(subgraph, { SUBGRAPH_SIGNING_KEYS_FILE: state.signingKeysFile });
  assert.equal(gateway.SUBGRAPH_SIGNING_KEYS_FILE, state.signingKeysFile);
  assert.match(await readFile(state.signingKeysFile, 'utf8'), /^local:[\w-]{43}\n$/);
  for (const file of files()) assert.equal((await stat(file)).mode & 0o777, 0o600, file);

  const verify = async (text: string, settings: typeof gateway) => {
    const key = createPublicKey(await readFile(settings.AUTH_PUBLIC_KEY_FILE ?? ''));
    const { AUTH_ISSUER: issuer = '', AUTH_AUDIENCE: audience = '', AUTH_ALGORITHMS: algorithm = '' } = settings;
    return jwtVerify(text, key, { issuer, audience, algorithms: [algorithm], requiredClaims: ['exp'] });
  };
  const { payload } = await verify(token, gateway);
  assert.equal(payload.sub, 'developer');
  assert.equal(payload.scope, 'movies:write people:write ratings:write ratings:moderate supergraph:read');
  assert.equal(await readFile(state.tokenFile, 'utf8'), `${token}\n`);

  const signingKeys = await readFile(state.signingKeysFile, 'utf8');
  const later = await openCredentials(state, {});
  assert.equal(await readFile(state.signingKeysFile, 'utf8'), signingKeys);
  assert.equal((await verify(token, later.gateway)).payload.sub, 'developer');

  await dropState(state);
  for (const file of files()) await assert.rejects(stat(file), { code: 'ENOENT' });
  const fresh = await openCredentials(state, {});
  assert.notEqual(await readFile(state.signingKeysFile, 'utf8'), signingKeys);
  await assert.rejects(verify(token, fresh.gateway));
});

test('an issuer of one’s own takes the place of the stack’s key, and no token is made', async () => {
  const own = {
    AUTH_ISSUER: 'https://login.example/',
    AUTH_AUDIENCE: 'movies',
    AUTH_JWKS_URL: 'https://login.example/jwks',
  };
  const { gateway, token } = await openCredentials(state, { ...own, PATH: '/bin' });
  assert.deepEqual(gateway, { ...own, SUBGRAPH_SIGNING_KEYS_FILE: state.signingKeysFile });
  assert.equal(token, undefined);
  await assert.rejects(stat(state.tokenKeyFile), { code: 'ENOENT' });
});
