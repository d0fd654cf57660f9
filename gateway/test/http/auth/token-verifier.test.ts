import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { TokenKeysUnavailable, TokenRejected } from '../../../src/http/auth/authentication.ts';
import { type Algorithm, createTokenVerifier, type TokenSettings } from '../../../src/http/auth/token-verifier.ts';
import { AUDIENCE, type Claims, createIssuer, goodClaims, ISSUER, temporaryFiles } from '../../fixtures/tokens.ts';

const algorithms: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];
const settings = (key: TokenSettings['key'], more: Partial<TokenSettings> = {}): TokenSettings => ({
  issuer: ISSUER,
  audience: [AUDIENCE, 'other'],
  algorithms,
  key,
  ...more,
});

function files(t: TestContext, contents: Record<string, string | Buffer>) {
  const made = temporaryFiles(contents);
  t.after(made.remove);
  return made.path;
}

const refused = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof TokenRejected, String(error));
  assert.match(error.message, message);
  return true;
};

const now = () => Math.floor(Date.now() / 1000);

test('a valid token of any algorithm has its subject and scopes', async (t) => {
  for (const algorithm of ['RS256', 'ES256', 'EdDSA']) {
    const issuer = await createIssuer(algorithm);
    const verify = await createTokenVerifier(settings({ publicKeyFile: files(t, { key: issuer.pem })('key') }));
    const claims: [Claims, string[]][] = [
      [{}, []],
      [{ scope: 'movies:write people:write' }, ['movies:write', 'people:write']],
      [{ scopes: ['movies:write'], scope: 'people:write' }, ['people:write', 'movies:write']],
      [{ scopes: 'a b', aud: ['elsewhere', 'other'] }, ['a', 'b']],
    ];
    for (const [more, scopes] of claims) {
      const { expiresAt, ...identity } = await verify(await issuer.token(more));
      assert.deepEqual(identity, { subject: 'ada', scopes, policies: [] });
      assert.ok(Math.abs((expiresAt ?? 0) - Date.now() - 60_000) < 10_000);
    }
  }
});

test('policies are read from the configured claim', async (t) => {
  const issuer = await createIssuer('ES256');
  const usual = settings({ publicKeyFile: files(t, { key: issuer.pem })('key') });
  const policiesOf = async (claims: Claims, policiesClaim?: string) =>
    (await (await createTokenVerifier({ ...usual, policiesClaim }))(await issuer.token(claims))).policies;
  assert.deepEqual(await policiesOf({ policies: ['of age', 'paid'] }), ['of age', 'paid']);
  assert.deepEqual(await policiesOf({ policies: 'adult paid' }), ['adult', 'paid']);
  assert.deepEqual(await policiesOf({ policies: ['adult'], roles: ['editor'] }, 'roles'), ['editor']);
});

test('scopes are read from the configured claims, as text or as a list', async (t) => {
  const issuer = await createIssuer('ES256');
  const usual = settings({ publicKeyFile: files(t, { key: issuer.pem })('key') });
  const claims = {
    scope: 'a:read a:write',
    scp: ['b:read', 'b:write'],
    permissions: ['c:read'],
    'https://movies.example/roles': 'd',
  };
  const scopesOf = async (scopesClaims?: string[], more: Claims = {}) =>
    (await (await createTokenVerifier({ ...usual, scopesClaims }))(await issuer.token({ ...claims, ...more }))).scopes;
  assert.deepEqual(await scopesOf(), ['a:read', 'a:write']);
  assert.deepEqual(await scopesOf(['scp']), ['b:read', 'b:write']);
  assert.deepEqual(await scopesOf(['scp'], { scp: 'b:read  b:all' }), ['b:read', 'b:all']);
  assert.deepEqual(await scopesOf(['permissions']), ['c:read']);
  assert.deepEqual(await scopesOf(['permissions', 'scope']), ['c:read', 'a:read', 'a:write']);
  assert.deepEqual(await scopesOf(['https://movies.example/roles']), ['d']);
  assert.deepEqual(await scopesOf(['nothing']), []);
  await assert.rejects(scopesOf(['permissions'], { permissions: [['c']] }), refused(/invalid scopes/));
});

test('a token of another type is rejected', async (t) => {
  const issuer = await createIssuer('ES256');
  const usual = settings({ publicKeyFile: files(t, { key: issuer.pem })('key') });
  const accepts = async (typ: unknown, types?: string[]) => {
    const verify = await createTokenVerifier({ ...usual, types });
    const token = await issuer.token({}, typ === undefined ? {} : { typ });
    return verify(token).then(
      () => true,
      (error) => refused(/type is not accepted/)(error) && false,
    );
  };
  const table: [typ: unknown, types: string[] | undefined, accepted: boolean][] = [
    [undefined, undefined, true],
    ['JWT', undefined, true],
    ['jwt', undefined, true],
    ['at+jwt', undefined, true],
    ['application/at+JWT', undefined, true],
    ['dpop+jwt', undefined, false],
    ['logout+jwt', undefined, false],
    ['id_token+jwt', undefined, false],
    ['', undefined, false],
    [7, undefined, false],
    [['JWT'], undefined, false],
    ['at+jwt', ['at+jwt'], true],
    ['JWT', ['at+jwt'], false],
    [undefined, ['at+jwt'], false],
    ['vendor+jwt', ['vendor+jwt', 'JWT'], true],
  ];
  for (const [typ, types, accepted] of table) {
    assert.equal(await accepts(typ, types), accepted, JSON.stringify({ typ, types }));
  }
});

test('a token is rejected for each invalid claim', async (t) => {
  const issuer = await createIssuer('ES256');
  const verify = await createTokenVerifier(settings({ publicKeyFile: files(t, { key: issuer.pem })('key') }));
  const table: [Claims, RegExp][] = [
    [{ exp: now() - 6 }, /^The token has expired\.$/],
    [{ exp: undefined }, /claim `exp` is not accepted/],
    [{ nbf: now() + 10 }, /claim `nbf` is not accepted/],
    [{ iss: 'https://login.example' }, /claim `iss` is not accepted/],
    [{ iss: undefined }, /claim `iss`/],
    [{ aud: 'https://movies.example/' }, /claim `aud` is not accepted/],
    [{ aud: undefined }, /claim `aud`/],
    [{ sub: undefined }, /claim `sub`/],
    [{ sub: '' }, /invalid subject or invalid scopes/],
    [{ sub: 'x'.repeat(256) }, /invalid subject or invalid scopes/],
    [{ scopes: ['movies:write people:write'] }, /invalid subject or invalid scopes/],
    [{ scopes: [{ admin: true }] }, /invalid subject or invalid scopes/],
    [{ scope: 7 }, /invalid subject or invalid scopes/],
    [{ policies: [7] }, /invalid policies/],
  ];
  for (const [claims, message] of table) {
    await assert.rejects(async () => verify(await issuer.token(claims)), refused(message), JSON.stringify(claims));
  }
});

test('tokens of others, altered and unsigned tokens are rejected', async (t) => {
  const issuer = await createIssuer('RS256');
  const verify = await createTokenVerifier(settings({ publicKeyFile: files(t, { key: issuer.pem })('key') }));
  const good = await issuer.token();
  const [head, , signature] = good.split('.');
  const altered = Buffer.from(JSON.stringify(goodClaims({ sub: 'root' }))).toString('base64url');
  const unsigned = new UnsecuredJWT(goodClaims()).encode();
  // The public key as the secret of a MAC, an attack on verifiers that use the token's algorithm.
  const confused = await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(issuer.pem));
  const otherKind = await (await createIssuer('ES256')).token();
  const table: [string, RegExp][] = [
    [await (await createIssuer('RS256')).token(), /token is invalid/],
    [`${head}.${altered}.${signature}`, /token is invalid/],
    [`${good.slice(0, -4)}AAAA`, /token is invalid/],
    [unsigned, /algorithm is not accepted|token is invalid/],
    [confused, /algorithm is not accepted/],
    [otherKind, /algorithm is not accepted/],
    ['a.b.c', /token is invalid/],
    ['', /token is invalid/],
  ];
  for (const [token, message] of table) await assert.rejects(verify(token), refused(message), token);
  assert.equal((await verify(good)).subject, 'ada');
});

test('published keys are fetched, and a new key is found', async (t) => {
  const [first, second] = [await createIssuer('RS256', 'k1'), await createIssuer('ES256', 'k2')];
  let answer: { status: number; body: string } = { status: 503, body: '' };
  const server = createServer((_, response) => void response.writeHead(answer.status).end(answer.body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;

  const verify = await createTokenVerifier(settings({ jwksUrl }));
  await assert.rejects(async () => verify(await first.token()), TokenKeysUnavailable);
  answer = { status: 200, body: '<html>' };
  await assert.rejects(async () => verify(await first.token()), TokenKeysUnavailable);
  answer = { status: 200, body: JSON.stringify(first.jwks) };
  assert.equal((await verify(await first.token())).subject, 'ada');
  await assert.rejects(async () => verify(await second.token()), refused(/token is invalid/));

  const later = await createTokenVerifier(settings({ jwksUrl }));
  answer = { status: 200, body: JSON.stringify({ keys: [...first.jwks.keys, ...second.jwks.keys] }) };
  assert.equal((await later(await second.token())).subject, 'ada');
  assert.equal((await later(await first.token())).subject, 'ada');
  const impostor = await createIssuer('RS256', 'k1');
  await assert.rejects(async () => later(await impostor.token()), refused(/token is invalid/));
});

test('an unusable published key rejects only its own tokens', async (t) => {
  const good = await createIssuer('RS256', 'good');
  const jwk = (name: 'rsa', options: { modulusLength: number }, part: 'publicKey' | 'privateKey' = 'publicKey') =>
    generateKeyPairSync(name, options)[part].export({ format: 'jwk' });
  const [published] = good.jwks.keys;
  const odd: Record<string, object> = {
    small: jwk('rsa', { modulusLength: 1024 }),
    smaller: jwk('rsa', { modulusLength: 512 }),
    private: jwk('rsa', { modulusLength: 2048 }, 'privateKey'),
    'no modulus': { kty: 'RSA', e: 'AQAB' },
    'bad modulus': { kty: 'RSA', n: '***', e: 'AQAB' },
    'modulus of a number': { kty: 'RSA', n: 7, e: 'AQAB' },
    encryption: { ...published, use: 'enc' },
    'other operations': { ...published, key_ops: ['encrypt'] },
    'other algorithm': { ...published, alg: 'RS512' },
    'no kind': { n: 'AQAB' },
    secret: { kty: 'oct', k: 'c2VjcmV0' },
    'unknown kind': { kty: 'XYZ' },
  };
  const curves: Record<string, object> = {
    'off the curve': { kty: 'EC', crv: 'P-256', x: 'A'.repeat(43), y: 'B'.repeat(43) },
    'short point': { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
    'other curve': { kty: 'EC', crv: 'secp256k1', x: 'A'.repeat(43), y: 'B'.repeat(43) },
    'empty point': { kty: 'OKP', crv: 'Ed25519', x: '' },
  };
  const keys = Object.entries({ ...odd, ...curves }).map(([kid, key]) => ({ ...key, kid }));
  const server = createServer((_, response) => response.end(JSON.stringify({ keys: [...keys, published] })));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  const verify = await createTokenVerifier(settings({ jwksUrl }));
  const elliptic = await createIssuer('ES256');
  const edwards = await createIssuer('EdDSA');
  for (const kid of [...Object.keys(odd), ...Object.keys(curves), 'constructor']) {
    for (const issuer of [good, elliptic, edwards]) {
      await assert.rejects(async () => verify(await issuer.token({}, { kid })), refused(/token is invalid/), kid);
    }
  }
  assert.equal((await verify(await good.token())).subject, 'ada');
});

test('an invalid or endless key set is a fault of the issuer', async (t) => {
  const issuer = await createIssuer('ES256');
  let body = '';
  const server = createServer((_, response) => response.end(body));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`;
  for (body of ['', '[]', '{}', '{"keys":7}', '{"keys":[7]}', ' '.repeat(2_000_000)]) {
    const verify = await createTokenVerifier(settings({ jwksUrl }));
    await assert.rejects(async () => verify(await issuer.token()), TokenKeysUnavailable, body.slice(0, 20));
  }
});

test('a shared secret is accepted for symmetric algorithms only', async (t) => {
  const secret = randomBytes(32);
  const path = files(t, { secret, short: randomBytes(31) });
  const verify = await createTokenVerifier(settings({ secretFile: path('secret') }, { algorithms: ['HS256'] }));
  const sign = (alg: string) => new SignJWT(goodClaims()).setProtectedHeader({ alg }).sign(secret);
  assert.equal((await verify(await sign('HS256'))).subject, 'ada');
  const longer = await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'HS512' }).sign(randomBytes(64));
  await assert.rejects(verify(longer), refused(/algorithm/));
  await assert.rejects(async () => verify(await (await createIssuer('RS256')).token()), refused(/algorithm/));
  const short = createTokenVerifier(settings({ secretFile: path('short') }, { algorithms: ['HS256'] }));
  await assert.rejects(short, { code: 'INVALID_CONFIG', message: /at least 32 bytes, not 31/ });
});

test('an unusable key file is a configuration error', async (t) => {
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const pem = { type: 'spki', format: 'pem' } as const;
  const path = files(t, {
    private: rsa(2048).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    weak: rsa(1024).publicKey.export(pem),
    x25519: generateKeyPairSync('x25519').publicKey.export(pem),
    text: 'not a key',
  });
  const table: [string, RegExp][] = [
    ['private', /AUTH_PUBLIC_KEY_FILE: contains a private key/],
    ['weak', /AUTH_PUBLIC_KEY_FILE: an RSA key must have at least 2048 bits, not 1024/],
    ['x25519', /AUTH_PUBLIC_KEY_FILE: contains a key of type x25519/],
    ['text', /AUTH_PUBLIC_KEY_FILE: is not a public key in PEM/],
    ['missing', /AUTH_PUBLIC_KEY_FILE: cannot be read: .*ENOENT/],
  ];
  for (const [name, message] of table) {
    await assert.rejects(createTokenVerifier(settings({ publicKeyFile: path(name) })), {
      code: 'INVALID_CONFIG',
      exitCode: 2,
      message,
    });
  }
});
