import type { PathOf } from '@marquee/subgraph/mutations/mutation';
import type { Written } from '@marquee/subgraph/mutations/outcome';
import { forbidden, notFound, outdated, type Refusal, refusedEntity } from '@marquee/subgraph/mutations/refusal';
import type { ReviewRefusal } from '../application/change-reviews.ts';
import type { RatingRefusal } from '../application/rate-movies.ts';
import type { Context } from './context.ts';

const WHY_FORBIDDEN = {
  foreign: 'This review is somebody else’s: only who wrote it here may change it.',
  moderated: 'A moderator took away your review of this movie: only a moderator can give it back.',
};

/** Returns a refusal as the schema's types define it. */
export function refusalOf(why: ReviewRefusal | RatingRefusal, pathOf: PathOf): Refusal {
  switch (why.kind) {
    case 'notFound': {
      if (why.what === 'review') return refusedEntity('review', why, pathOf);
      const missing = notFound('movie', why.id, pathOf(why.index, 'movieId'));
      return why.what === 'movie' ? missing : { ...missing, message: `You do not rate the movie ${why.id}.` };
    }
    case 'outdated':
      return refusedEntity('review', why, pathOf);
    case 'forbidden':
      return forbidden(WHY_FORBIDDEN[why.why], why.id, pathOf(why.index, why.why === 'foreign' ? 'id' : 'movieId'));
    case 'exists': {
      const message = 'You have reviewed this movie: change that review instead.';
      return { ...outdated('review', why.id, why.currentVersion, pathOf(why.index, 'movieId')), message };
    }
  }
}

/** Returns the review as it is after a mutation; null when another client has deleted it since a call that is repeated. */
export async function writtenReview({ loaders }: Context, { id, version, deleted }: Written) {
  if (deleted) return { __typename: 'DeletedReview', id, version };
  const review = await loaders.review.load(id);
  return review && { __typename: 'Review', ...review };
}
