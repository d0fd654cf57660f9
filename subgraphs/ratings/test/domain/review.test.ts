import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reviewsOf } from '../../src/domain/review.ts';
import { review } from '../fixtures/ratings.ts';

describe('reviewsOf', () => {
  it('reads the moments of a review', () => {
    const [read] = reviewsOf('603', [review('a', { updatedAt: '2021-07-08T09:10:11.328Z' })]);
    assert.equal(read?.movieId, '603');
    assert.deepEqual(read?.createdAt, new Date('2020-05-17T12:00:00Z'));
    assert.deepEqual(read?.updatedAt, new Date('2021-07-08T09:10:11.328Z'));
  });

  it('keeps of a review that is listed twice the one changed last, of equals the later', () => {
    const older = review('a', { content: 'older' });
    const newer = review('a', { content: 'newer', updatedAt: '2021-01-01T00:00:00Z' });
    const later = review('a', { content: 'later', updatedAt: '2021-01-01T00:00:00Z' });
    const contents = (...listed: (typeof older)[]) => reviewsOf('1', listed).map(({ content }) => content);
    assert.deepEqual(contents(older, newer), ['newer']);
    assert.deepEqual(contents(newer, older), ['newer']);
    assert.deepEqual(contents(newer, review('b', { content: 'other' }), later), ['later', 'other']);
  });
});
