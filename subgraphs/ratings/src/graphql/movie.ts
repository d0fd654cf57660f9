import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Context, MovieReference } from './context.ts';
import { REVIEWS } from './orderings.ts';

export const Movie = {
  // Any id may be asked for: of a film that nobody knows here the rating is null and the reviews are none.
  __resolveReference: ({ id }: MovieReference): MovieReference => ({ id }),

  rating: ({ id }: MovieReference, _: unknown, { loaders }: Context) => loaders.rating.load(id),

  async reviews({ id }: MovieReference, args: PageArgs, { loaders }: Context) {
    const page = parsePageArgs(args, { ordering: REVIEWS });
    const rows = await loaders.reviews.load(id, { page });
    return toConnection(
      rows,
      page,
      (review) => [review.createdAt.toISOString(), review.id],
      () => loaders.reviewCount.load(id),
    );
  },
};
