import type { ResolversOf } from '@marquee/subgraph/execution/selected-facts';
import { scalarResolvers } from '@marquee/subgraph/scalars';
import type { Objects } from './facts.ts';
import { Movie, UserRating } from './movie.ts';
import { Mutation } from './mutation.ts';
import { Query } from './query.ts';
import { Review } from './review.ts';
import { RatingEvent, ReviewEvent, Subscription } from './subscription.ts';

/** Every resolver of this subgraph, by the names of the schema. */
export const resolvers = {
  DateTime: scalarResolvers.DateTime,
  Query,
  Mutation,
  Subscription,
  RatingEvent,
  ReviewEvent,
  Movie,
  Review,
  UserRating,
} satisfies ResolversOf<Objects>;
