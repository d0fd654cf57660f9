import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeIdentity, encodeIdentity, splitScope, toIdentity } from '@marquee/trust/identity';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

test('an identity comes out of the header as it went in', () => {
  for (const identity of [
    { subject: 'auth0|5f7c8ec7c33c6c004bbafe82', scopes: ['movies:write', 'ratings:write'] },
    { subject: '利用者 7', scopes: [] },
    { subject: 'x'.repeat(255), scopes: ['https://api.example/read'] },
  ]) {
    const value = encodeIdentity(identity);
    assert.match(value, /^[A-Za-z0-9_-]+$/);
    assert.deepEqual(decodeIdentity(value), identity);
  }
});

test('a scope counts once, however often it is said', () => {
  assert.deepEqual(toIdentity('ada', ['a', 'b', 'a']), { subject: 'ada', scopes: ['a', 'b'] });
  assert.deepEqual(splitScope(' movies:write  people:write '), ['movies:write', 'people:write']);
});

test('what cannot be an identity is none', () => {
  const subjects = [undefined, null, 7, '', 'x'.repeat(256), 'two\nlines', 'nul\0', 'del\u007F', 'lone \uD800'];
  for (const subject of subjects) assert.equal(toIdentity(subject, []), undefined, JSON.stringify(subject));
  for (const scope of ['', 'a b', 'quo"te', 'back\\slash', 'é', 7, null]) {
    assert.equal(toIdentity('ada', [scope]), undefined, JSON.stringify(scope));
  }
  const values = ['', '{}', 'not base64!', encode(null), encode([]), encode({}), encode({ sub: 'ada' })];
  for (const value of [...values, encode({ sub: 'ada', scope: ['a'] }), encode({ sub: 7, scope: '' })]) {
    assert.equal(decodeIdentity(value), undefined, value);
  }
});
