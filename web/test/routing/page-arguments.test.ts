import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFirstPage, pageArguments } from '../../src/routing/page-arguments.ts';

test('an address names the page of a list', () => {
  const read = (search: string) => pageArguments(new URLSearchParams(search), 20);
  assert.deepEqual(read(''), { first: 20 });
  assert.deepEqual(read('after=x'), { first: 20, after: 'x' });
  assert.deepEqual(read('before=x'), { last: 20, before: 'x' });
  assert.equal(isFirstPage(new URLSearchParams('genre=1')), true);
  assert.equal(isFirstPage(new URLSearchParams('after=x')), false);
});
