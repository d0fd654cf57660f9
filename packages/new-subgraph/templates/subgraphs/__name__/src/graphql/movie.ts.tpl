import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { Context, MovieReference } from './context.ts';

const from = readingWhole<MovieReference, Context>();

export const Movie = {
  // Every id resolves: an unknown movie has an empty list.
  __resolveReference: ({ id }: MovieReference): MovieReference => ({ id }),

  __name__: from(({ id }, _, { loaders }) => loaders.__name__.load(id)),
};
