import type { IdentityContext } from '@marquee/subgraph/authorization';
import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { ReviewOrder } from '../application/review-store.ts';
import type { UserRating as UserRatingFacts } from '../domain/rating.ts';
import type { Context, MovieReference } from './context.ts';
import { type ReviewFilterInput, reviewFilter } from './filters.ts';
import { reviewOrdering } from './orderings.ts';

interface ReviewsArgs extends PageArgs {
  readonly orderBy: ReviewOrder;
  readonly filter?: ReviewFilterInput | null;
}

const from = readingWhole<MovieReference, Context & IdentityContext>();

export const Movie = {
  // Every id resolves: an unknown movie has no rating and no reviews.
  __resolveReference: ({ id }: MovieReference): MovieReference => ({ id }),

  rating: from(({ id }, _, { loaders }) => loaders.rating.load(id)),

  viewerRating: from(({ id }, _, { loaders, identity }) =>
    identity === undefined ? null : loaders.viewerRating.load(id, { subject: identity.subject }),
  ),

  reviews: from(async ({ id }, { orderBy: order, ...args }: ReviewsArgs, { loaders }) => {
    const page = parsePageArgs(args, { ordering: reviewOrdering(order) });
    const filter = reviewFilter(args.filter);
    const rows = await loaders.reviews.load(id, { filter, order, page });
    return toConnection(
      rows,
      page,
      (review) => [
        ...(order.field === 'RATING' ? [review.rating ?? 0] : []),
        review.createdAt.toISOString(),
        review.id,
      ],
      () => loaders.reviewCount.load(id, filter),
    );
  }),
};

export const UserRating = {
  movie: readingWhole<UserRatingFacts, Context>()(({ movieId }): MovieReference => ({ id: movieId })),
};
