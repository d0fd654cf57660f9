import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isRatingValue, votesOf } from '../../src/domain/rating.ts';

describe('votesOf', () => {
  it('keeps an average as it is', () => {
    assert.deepEqual(votesOf({ voteAverage: 8.203, voteCount: 20624 }), { voteAverage: 8.203, voteCount: 20624 });
  });

  it('has no average without votes', () => {
    assert.deepEqual(votesOf({ voteAverage: 0, voteCount: 0 }), { voteAverage: null, voteCount: 0 });
  });
});

describe('isRatingValue', () => {
  it('is 0.5 to 10, in steps of 0.5', () => {
    const values = Array.from({ length: 20 }, (_, n) => (n + 1) / 2);
    assert.deepEqual(values.filter(isRatingValue), values);
    assert.deepEqual([0, -0.5, 0.25, 0.7, 9.99, 10.5, Number.NaN, Number.POSITIVE_INFINITY].filter(isRatingValue), []);
  });
});
