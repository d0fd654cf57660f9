import assert from 'node:assert/strict';
import { test } from 'node:test';
import { distinct__Item__s } from '../../src/domain/__item__.ts';

test('the first entry of an id is kept', () => {
  const [first, other] = [
    { id: '1', name: 'First' },
    { id: '2', name: 'Other' },
  ];
  assert.deepEqual(distinct__Item__s([first, other, { id: '1', name: 'Again' }]), [first, other]);
});
