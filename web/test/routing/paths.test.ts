import assert from 'node:assert/strict';
import { test } from 'node:test';
import { moviePath, personPath, withParameters } from '../../src/routing/paths.ts';

test('an address has the id, and a name that people read', () => {
  assert.equal(moviePath({ id: '603', title: 'The Matrix' }), '/movies/603/the-matrix');
  assert.equal(moviePath({ id: '194', title: 'Amélie: le fabuleux destin' }), '/movies/194/amelie-le-fabuleux-destin');
  assert.equal(personPath({ id: '608', name: '宮崎 駿' }), `/people/608/${encodeURIComponent('宮崎-駿')}`);
  assert.equal(moviePath({ id: 'a/b', title: '???' }), '/movies/a%2Fb');
});

test('parameters without a value are left out', () => {
  assert.equal(withParameters('/browse', { genre: '878', from: undefined, to: '' }), '/browse?genre=878');
  assert.equal(withParameters('/search', { q: 'a & b' }), '/search?q=a+%26+b');
  assert.equal(withParameters('/browse', {}), '/browse');
});
