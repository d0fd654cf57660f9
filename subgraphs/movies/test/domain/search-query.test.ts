import assert from 'node:assert/strict';
import { it } from 'node:test';
import { searchQueryFault } from '../../src/domain/search-query.ts';

it('refuses what cannot be searched for, and says why', () => {
  assert.match(searchQueryFault('') ?? '', /blank/);
  assert.match(searchQueryFault(' \t\n') ?? '', /blank/);
  assert.match(searchQueryFault('x'.repeat(201)) ?? '', /at most 200/);
  assert.equal(searchQueryFault('x'.repeat(200)), undefined);
  assert.equal(searchQueryFault('千'), undefined);
});
