import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadConfig } from '@marquee/runtime/config';
import { z } from 'zod';
import { authFields, tokenSettings } from '../../src/config/auth-config.ts';

const settings = (env: Record<string, string>) => tokenSettings(loadConfig(z.object(authFields), env));
const issuer = { AUTH_ISSUER: 'https://login.example/', AUTH_AUDIENCE: 'movies, people' };

test('without settings no tokens are accepted', () => {
  assert.equal(settings({}), undefined);
});

test('an issuer with a key set accepts the algorithms of public keys', () => {
  const common = { issuer: 'https://login.example/', audience: ['movies', 'people'] };
  const algorithms = ['RS256', 'ES256', 'EdDSA'];
  const jwksUrl = 'https://login.example/jwks.json';
  assert.deepEqual(settings({ ...issuer, AUTH_JWKS_URL: jwksUrl }), { ...common, algorithms, key: { jwksUrl } });
  assert.deepEqual(settings({ ...issuer, AUTH_PUBLIC_KEY_FILE: '/key', AUTH_ALGORITHMS: 'PS256' }), {
    ...common,
    algorithms: ['PS256'],
    key: { publicKeyFile: '/key' },
  });
  assert.deepEqual(settings({ ...issuer, AUTH_SECRET_FILE: '/secret', AUTH_ALGORITHMS: 'HS256,HS512' }), {
    ...common,
    algorithms: ['HS256', 'HS512'],
    key: { secretFile: '/secret' },
  });
});

test('the claim of policies is configurable', () => {
  const named = settings({ ...issuer, AUTH_JWKS_URL: 'https://login.example/jwks.json', AUTH_POLICIES_CLAIM: 'roles' });
  assert.equal(named?.policiesClaim, 'roles');
  assert.throws(() => settings({ AUTH_POLICIES_CLAIM: 'roles' }), { message: /AUTH_ISSUER: is not set/ });
});

test('claims of scopes and types of tokens are configurable', () => {
  const keys = { ...issuer, AUTH_JWKS_URL: 'https://login.example/jwks.json' };
  const named = settings({ ...keys, AUTH_SCOPES_CLAIM: 'scp, permissions', AUTH_TOKEN_TYPES: 'at+jwt' });
  assert.deepEqual(named?.scopesClaims, ['scp', 'permissions']);
  assert.deepEqual(named?.types, ['at+jwt']);
});

test('missing, contradictory and unsafe settings are invalid', () => {
  const key = { AUTH_PUBLIC_KEY_FILE: '/key' };
  const kinds = /AUTH_ALGORITHMS: HS256, HS384 and HS512 go with AUTH_SECRET_FILE/;
  const table: [Record<string, string>, RegExp][] = [
    [issuer, /AUTH_JWKS_URL, AUTH_PUBLIC_KEY_FILE, AUTH_SECRET_FILE: set one of them, not 0/],
    [{ ...issuer, ...key, AUTH_JWKS_URL: 'https://x/' }, /set one of them, not 2/],
    [key, /AUTH_ISSUER: is not set.*AUTH_AUDIENCE: is not set/s],
    [{ ...issuer, ...key, AUTH_ALGORITHMS: 'none' }, /AUTH_ALGORITHMS.*: must be of RS256/],
    [{ ...issuer, ...key, AUTH_ALGORITHMS: 'HS256' }, kinds],
    [{ ...issuer, ...key, AUTH_ALGORITHMS: 'RS256,HS256' }, kinds],
    [{ ...issuer, AUTH_JWKS_URL: 'https://x/', AUTH_ALGORITHMS: 'HS256' }, kinds],
    [{ ...issuer, AUTH_SECRET_FILE: '/secret' }, kinds],
    [{ ...issuer, AUTH_SECRET_FILE: '/secret', AUTH_ALGORITHMS: 'HS256,RS256' }, kinds],
    [{ ...issuer, AUTH_JWKS_URL: 'file:///etc/passwd' }, /AUTH_JWKS_URL: must be a URL/],
  ];
  for (const [env, message] of table) {
    assert.throws(() => settings(env), { code: 'INVALID_CONFIG', exitCode: 2, message }, JSON.stringify(env));
  }
});
