import assert from 'node:assert/strict';
import { createSecretKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { encodeIdentity, IDENTITY_HEADER } from '@marquee/trust/identity';
import { hasDigest, type RequestToSign, refusalOf, signRequest } from '@marquee/trust/request-signature';
import type { SigningKey } from '@marquee/trust/signing-keys';
import { createSigner, createVerifier, httpbis } from 'http-message-signatures';

const newKey = (id: string): SigningKey => ({ id, secret: createSecretKey(randomBytes(32)) });
const [old, current] = [newKey('2026-10'), newKey('2026-11')];
const nowMs = Date.UTC(2026, 10, 22, 10);
const identity = encodeIdentity({ subject: 'ada', scopes: ['movies:write'] });
const request: RequestToSign = {
  method: 'POST',
  target: '/graphql',
  body: '{"query":"{ movie(id: \\"603\\") { title } }"}',
  subgraph: 'movies',
  identity: undefined,
};
const verification = { keys: [current, old], subgraph: 'movies', nowMs };
const incoming = (headers: Record<string, string | undefined>) => ({ method: 'POST', target: '/graphql', headers });

test('what one key of several signed is accepted, so that keys rotate', () => {
  for (const key of [current, old]) {
    for (const each of [request, { ...request, identity }]) {
      assert.equal(refusalOf(incoming(signRequest(each, key, nowMs)), verification), undefined);
    }
  }
  const retired = { ...verification, keys: [current] };
  assert.equal(refusalOf(incoming(signRequest(request, old, nowMs)), retired), 'unknown-key');
  const impostor = { ...newKey('2026-11') };
  assert.equal(refusalOf(incoming(signRequest(request, impostor, nowMs)), verification), 'wrong-signature');
});

test('a signature lives 60 seconds, and clocks may be that far apart', () => {
  const headers = signRequest(request, current, nowMs);
  for (const [seconds, refusal] of [
    [60, undefined],
    [-60, undefined],
    [61, 'out-of-time'],
    [-61, 'out-of-time'],
    [86_400, 'out-of-time'],
  ] as const) {
    const at = { ...verification, nowMs: nowMs + seconds * 1000 };
    assert.equal(refusalOf(incoming(headers), at), refusal, `${seconds} s`);
  }
});

test('nothing that is covered can be changed', () => {
  const headers = signRequest({ ...request, identity }, current, nowMs);
  const altered = {
    method: { ...incoming(headers), method: 'GET' },
    path: { ...incoming(headers), target: '/graphql/' },
    query: { ...incoming(headers), target: '/graphql?query={movies{id}}' },
    digest: incoming({ ...headers, 'content-digest': signRequest({ ...request, body: '{}' }, old)['content-digest'] }),
    identity: incoming({ ...headers, [IDENTITY_HEADER]: encodeIdentity({ subject: 'root', scopes: [] }) }),
    time: incoming({
      ...headers,
      'signature-input': headers['signature-input']?.replace(/created=\d+/, `created=${nowMs / 1000 + 30}`),
    }),
    key: incoming({ ...headers, 'signature-input': headers['signature-input']?.replace('2026-11', '2026-10') }),
    subgraph: incoming({
      ...headers,
      'signature-input': headers['signature-input']?.replace('tag="movies"', 'tag="people"'),
    }),
    signature: incoming({
      ...headers,
      signature: headers.signature?.replace(/:(.)/, (_, first) => (first === 'A' ? ':B' : ':A')),
    }),
  };
  for (const [what, each] of Object.entries(altered)) {
    assert.equal(refusalOf(each, verification), 'wrong-signature', what);
  }
});

test('what was signed for one subgraph is refused by another', () => {
  const headers = signRequest(request, current, nowMs);
  assert.equal(refusalOf(incoming(headers), { ...verification, subgraph: 'people' }), 'other-subgraph');
});

test('an identity cannot be added, taken away, or left out of the signature', () => {
  const anonymous = signRequest(request, current, nowMs);
  assert.equal(refusalOf(incoming({ ...anonymous, [IDENTITY_HEADER]: identity }), verification), 'malformed');
  const { [IDENTITY_HEADER]: _, ...bare } = signRequest({ ...request, identity }, current, nowMs);
  assert.equal(refusalOf(incoming(bare), verification), 'malformed');
});

test('the body has to be the one of which the signed digest speaks', () => {
  const digest = signRequest(request, current, nowMs)['content-digest'] ?? '';
  assert.equal(hasDigest(request.body, digest), true);
  assert.equal(hasDigest(Buffer.from(request.body), digest), true);
  assert.equal(hasDigest(`${request.body} `, digest), false);
  assert.equal(hasDigest('', digest), false);
  assert.equal(hasDigest(request.body, digest.replace('sha-256', 'md5')), false);
});

test('a request that is not signed, or not in this form, is refused', () => {
  const good = signRequest(request, current, nowMs);
  assert.equal(refusalOf(incoming({}), verification), 'unsigned');
  assert.equal(refusalOf(incoming({ 'content-digest': good['content-digest'] }), verification), 'unsigned');
  const input = good['signature-input'] ?? '';
  const malformed: Record<string, string | undefined>[] = [
    { ...good, signature: undefined },
    { ...good, 'signature-input': undefined },
    { ...good, 'content-digest': undefined },
    { ...good, signature: '' },
    { ...good, signature: 'marquee=::' },
    { ...good, signature: `${good.signature}, ${good.signature}` },
    { ...good, 'signature-input': `${input}, other=()` },
    { ...good, 'signature-input': input.replace(' "content-digest"', '') },
    { ...good, 'signature-input': input.replace('hmac-sha256', 'none') },
    { ...good, 'signature-input': input.replace(/;alg="[^"]+"/, '') },
    { ...good, 'signature-input': input.replace(/created=\d+/, 'created=-1') },
    { ...good, 'signature-input': input.replace(/;created=\d+/, '') },
  ];
  for (const headers of malformed) {
    assert.equal(refusalOf(incoming(headers), verification), 'malformed', JSON.stringify(headers));
  }
  assert.equal(refusalOf(incoming(good), { ...verification, keys: [] }), 'unknown-key');
});

test('another implementation of RFC 9421 verifies our signatures, and ours verifies its', async () => {
  const target = '/graphql?operation=Film%20by%20id';
  const message = { method: 'POST', url: `http://movies.internal${target}` };
  const secret = current.secret.export();
  const ours = signRequest({ ...request, target, identity }, current);
  const verified = await httpbis.verifyMessage(
    {
      keyLookup: async ({ keyid }) =>
        keyid === current.id ? { id: keyid, verify: createVerifier(secret, 'hmac-sha256') } : null,
      requiredFields: ['@method', '@path', '@query', 'content-digest', IDENTITY_HEADER],
      requiredParams: ['created', 'keyid', 'alg', 'tag'],
      maxAge: 60,
    },
    { ...message, headers: ours },
  );
  assert.equal(verified, true);

  const theirs = await httpbis.signMessage(
    {
      key: createSigner(secret, 'hmac-sha256', current.id),
      name: 'marquee',
      fields: ['@method', '@path', '@query', 'content-digest', IDENTITY_HEADER],
      params: ['created', 'keyid', 'alg', 'tag'],
      paramValues: { tag: 'movies' },
    },
    { ...message, headers: { 'content-digest': ours['content-digest'] ?? '', [IDENTITY_HEADER]: identity } },
  );
  const headers = Object.fromEntries(
    Object.entries(theirs.headers).map(([name, value]) => [name.toLowerCase(), value]),
  );
  assert.equal(refusalOf({ method: 'POST', target, headers }, { keys: [current], subgraph: 'movies' }), undefined);
});
