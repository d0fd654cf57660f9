import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { RefusedToken, TokenKeysUnavailable } from '../../src/application/authentication.ts';
import { type Algorithm, createTokenVerifier, type TokenSettings } from '../../src/infrastructure/token-verifier.ts';
import { AUDIENCE, type Claims, createIssuer, goodClaims, ISSUER, temporaryFiles } from '../fixtures/tokens.ts';

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
  assert.ok(error instanceof RefusedToken, String(error));
  assert.match(error.message, message);
  return true;
};

const now = () => Math.floor(Date.now() / 1000);

test('a good token tells who it is and what it permits, whatever the algorithm', async (t) => {
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
      assert.deepEqual(await verify(await issuer.token(more)), { subject: 'ada', scopes, policies: [] });
    }
  }
});

test('the policies that the bearer meets come from the claim that is named for them', async (t) => {
  const issuer = await createIssuer('ES256');
  const usual = settings({ publicKeyFile: files(t, { key: issuer.pem })('key') });
  const policiesOf = async (claims: Claims, policiesClaim?: string) =>
    (await (await createTokenVerifier({ ...usual, policiesClaim }))(await issuer.token(claims))).policies;
  assert.deepEqual(await policiesOf({ policies: ['of age', 'paid'] }), ['of age', 'paid']);
  assert.deepEqual(await policiesOf({ policies: 'adult paid' }), ['adult', 'paid']);
  assert.deepEqual(await policiesOf({ policies: ['adult'], roles: ['editor'] }, 'roles'), ['editor']);
});

test('a token is refused for each claim that is not as it should be', async (t) => {
  const issuer = await createIssuer('ES256');
  const verify = await createTokenVerifier(settings({ publicKeyFile: files(t, { key: issuer.pem })('key') }));
  const table: [Claims, RegExp][] = [
    [{ exp: now() - 6 }, /^The token has expired\.$/],
    [{ exp: undefined }, /claim `exp` is not accepted/],
    [{ nbf: now() + 10 }, /claim `nbf` is not accepted/],
    [{ iss: 'https://login.example' }, /claim `iss` is not accepted/],
    [{ iss: undefined }, /claim `iss`/],
    [{ aud: 'https://films.example/' }, /claim `aud` is not accepted/],
    [{ aud: undefined }, /claim `aud`/],
    [{ sub: undefined }, /claim `sub`/],
    [{ sub: '' }, /subject or scopes/],
    [{ sub: 'x'.repeat(256) }, /subject or scopes/],
    [{ scopes: ['movies:write people:write'] }, /subject or scopes/],
    [{ scopes: [{ admin: true }] }, /subject or scopes/],
    [{ scope: 7 }, /subject or scopes/],
    [{ policies: [7] }, /policies that cannot be/],
  ];
  for (const [claims, message] of table) {
    await assert.rejects(async () => verify(await issuer.token(claims)), refused(message), JSON.stringify(claims));
  }
});

test('what somebody else signed, altered or did not sign is refused', async (t) => {
  const issuer = await createIssuer('RS256');
  const verify = await createTokenVerifier(settings({ publicKeyFile: files(t, { key: issuer.pem })('key') }));
  const good = await issuer.token();
  const [head, , signature] = good.split('.');
  const altered = Buffer.from(JSON.stringify(goodClaims({ sub: 'root' }))).toString('base64url');
  const unsigned = new UnsecuredJWT(goodClaims()).encode();
  // The public key as the secret of a MAC: whoever takes the algorithm from the token lets everybody in.
  const confused = await new SignJWT(goodClaims()).setProtectedHeader({ alg: 'HS256' }).sign(Buffer.from(issuer.pem));
  const otherKind = await (await createIssuer('ES256')).token();
  const table: [string, RegExp][] = [
    [await (await createIssuer('RS256')).token(), /not one of those/],
    [`${head}.${altered}.${signature}`, /not one of those/],
    [`${good.slice(0, -4)}AAAA`, /not one of those/],
    [unsigned, /algorithm is not accepted|not one of those/],
    [confused, /algorithm is not accepted/],
    [otherKind, /algorithm is not accepted/],
    ['a.b.c', /not one of those/],
    ['', /not one of those/],
  ];
  for (const [token, message] of table) await assert.rejects(verify(token), refused(message), token);
  assert.equal((await verify(good)).subject, 'ada');
});

test('keys that the issuer publishes are fetched, and a key that is new is found', async (t) => {
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
  await assert.rejects(async () => verify(await second.token()), refused(/not one of those/));

  const later = await createTokenVerifier(settings({ jwksUrl }));
  answer = { status: 200, body: JSON.stringify({ keys: [...first.jwks.keys, ...second.jwks.keys] }) };
  assert.equal((await later(await second.token())).subject, 'ada');
  assert.equal((await later(await first.token())).subject, 'ada');
  const impostor = await createIssuer('RS256', 'k1');
  await assert.rejects(async () => later(await impostor.token()), refused(/not one of those/));
});

test('a shared secret is taken for the algorithms of its kind alone', async (t) => {
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

test('a key file that cannot do is a mistake of configuration', async (t) => {
  const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
  const pem = { type: 'spki', format: 'pem' } as const;
  const path = files(t, {
    private: rsa(2048).privateKey.export({ type: 'pkcs8', format: 'pem' }),
    weak: rsa(1024).publicKey.export(pem),
    x25519: generateKeyPairSync('x25519').publicKey.export(pem),
    text: 'not a key',
  });
  const table: [string, RegExp][] = [
    ['private', /AUTH_PUBLIC_KEY_FILE: holds a private key/],
    ['weak', /AUTH_PUBLIC_KEY_FILE: an RSA key must have at least 2048 bits, not 1024/],
    ['x25519', /AUTH_PUBLIC_KEY_FILE: holds a key of type x25519/],
    ['text', /AUTH_PUBLIC_KEY_FILE: is no public key in PEM/],
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
