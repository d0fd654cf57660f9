import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { reconcileReviews, reviewsOf } from '../../src/domain/review.ts';
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

describe('TMDb’s reviews after an observation', () => {
  const listed = reviewsOf(
    '603',
    ['shown', 'moderated', 'written'].map((id) => review(id)),
  );
  const idsOf = (reviews: readonly { readonly id: string }[]) => reviews.map(({ id }) => id);

  it('are shown but for those that a moderator took away, and never replace a user’s', () => {
    const overrides = { moderated: new Set(['moderated', 'other']), written: new Set(['written']) };
    const { shown, withheld } = reconcileReviews(listed, overrides);
    assert.deepEqual([idsOf(shown), idsOf(withheld)], [['shown'], ['moderated']]);
  });

  it('of a user are not withheld as TMDb’s when a moderator took them away', () => {
    const overrides = { moderated: new Set(['written']), written: new Set(['written']) };
    const { shown, withheld } = reconcileReviews(listed, overrides);
    assert.deepEqual([idsOf(shown), idsOf(withheld)], [['shown', 'moderated'], []]);
  });

  it('are all shown without a decision of clients', () => {
    const { shown, withheld } = reconcileReviews(listed, { moderated: new Set(), written: new Set() });
    assert.deepEqual([shown, withheld], [listed, []]);
  });
});
