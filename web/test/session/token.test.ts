import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tokenIn, viewerOf } from '../../src/session/token.ts';

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (claims: object): string => `${encode({ alg: 'EdDSA' })}.${encode(claims)}.c2lnbmF0dXJl`;

test('a viewer has the subject and the end of the token', () => {
  assert.deepEqual(viewerOf(tokenOf({ sub: 'Zoë ÿþ', exp: 1_900_000_000 })), {
    name: 'Zoë ÿþ',
    expiresAt: new Date(1_900_000_000_000),
  });
  assert.deepEqual(viewerOf(tokenOf({ sub: 'alice' })), { name: 'alice', expiresAt: undefined });
});

test('a token is found in the header that npm start prints', () => {
  const token = tokenOf({ sub: 'alice' });
  assert.equal(tokenIn(JSON.stringify({ authorization: `Bearer ${token}` })), token);
  assert.equal(tokenIn(` ${token}\n`), token);
});

test('other text is no token', () => {
  for (const text of ['', 'alice', 'a.b.c', tokenOf({}), tokenOf({ sub: 1 }), '<script>']) {
    assert.equal(tokenIn(text), undefined, text);
  }
});
