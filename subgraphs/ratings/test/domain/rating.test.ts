import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { votesOf } from '../../src/domain/rating.ts';

describe('votesOf', () => {
  it('keeps an average as it is', () => {
    assert.deepEqual(votesOf({ voteAverage: 8.203, voteCount: 20624 }), { voteAverage: 8.203, voteCount: 20624 });
  });

  it('has no average without votes', () => {
    assert.deepEqual(votesOf({ voteAverage: 0, voteCount: 0 }), { voteAverage: null, voteCount: 0 });
  });
});
