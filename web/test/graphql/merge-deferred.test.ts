import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mergeDeferred } from '../../src/graphql/merge-deferred.ts';

test('deferred parts of the previous result stay until they arrive again', () => {
  const previous = { movie: { id: '603', rating: { votes: 1 }, reviews: { edges: [1] }, similar: [1, 2] } };
  const next = { movie: { id: '603', rating: { votes: 2 }, similar: [3] } };
  assert.deepEqual(mergeDeferred<object>(previous, next), {
    movie: { id: '603', rating: { votes: 2 }, reviews: { edges: [1] }, similar: [3] },
  });
});

test('null replaces an object, and a first result is unchanged', () => {
  assert.deepEqual(mergeDeferred<object>({ movie: { id: '603' } }, { movie: null }), { movie: null });
  assert.deepEqual(mergeDeferred<object>(undefined, { movie: { id: '603' } }), { movie: { id: '603' } });
});
