import { readingWhole } from '@marquee/subgraph/execution/selected-facts';
import type { UserRating as UserRatingFacts } from '../domain/rating.ts';
import type { Context, MovieReference } from './context.ts';

const from = readingWhole<UserRatingFacts, Context>();

export const UserRating = {
  movie: from(({ movieId }): MovieReference => ({ id: movieId })),
};
