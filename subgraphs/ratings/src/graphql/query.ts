import { type PageArgs, parsePageArgs, toConnection } from '@marquee/subgraph/connection';
import type { Context } from './context.ts';
import { TOP_RATED } from './orderings.ts';

export const Query = {
  review: (_: unknown, { id }: { id: string }, { loaders }: Context) => loaders.review.load(id),

  async topRated(_: unknown, args: PageArgs, { ratings }: Context) {
    const page = parsePageArgs(args, { ordering: TOP_RATED });
    const rows = await ratings.topRated(page);
    return toConnection(
      rows,
      page,
      ({ weightedScore, movieId }) => [weightedScore, movieId],
      () => ratings.countRated(),
      ({ weightedScore, movieId }) => ({ score: weightedScore, node: { id: movieId } }),
    );
  },
};
