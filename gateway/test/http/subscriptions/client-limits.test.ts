import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientCounts, clientKey } from '../../../src/http/subscriptions/client-limits.ts';

const CODE = { extensions: { code: 'SUBSCRIPTION_LIMIT_EXCEEDED' } };
const withCode = (error: unknown) => (error as typeof CODE).extensions.code === CODE.extensions.code;

test('a client is the subject of its token, its address, or its IPv6 network', () => {
  assert.equal(clientKey('ada', '192.0.2.1'), 'subject ada');
  assert.equal(clientKey(undefined, '192.0.2.1'), 'address 192.0.2.1');
  assert.equal(clientKey(undefined, '2001:db8:1:2:3:4:5:6'), clientKey(undefined, '2001:db8:1:2::9'));
  assert.equal(clientKey(undefined, '2001:0db8::1'), clientKey(undefined, '2001:db8:0:0:1::'));
  assert.notEqual(clientKey(undefined, '2001:db8::1'), clientKey(undefined, '2001:db8:0:1::1'));
  assert.equal(clientKey(undefined, '::1'), 'address 0:0:0:0::/64');
});

test('subscriptions are limited by client and in total, and freed', () => {
  const refused: string[] = [];
  const counts = new ClientCounts({ perClient: 2, total: 3 }, (limit) => refused.push(limit));
  counts.add('a');
  counts.add('a');
  assert.throws(() => counts.add('a'), withCode);
  counts.add('b');
  assert.throws(() => counts.add('c'), withCode);
  assert.deepEqual(refused, ['client', 'process']);
  counts.remove('a');
  counts.add('c');
});
