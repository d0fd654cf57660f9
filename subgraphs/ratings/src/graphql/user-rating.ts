import type { UserRating as UserRatingFacts } from '../domain/rating.ts';
import type { MovieReference } from './context.ts';

export const UserRating = {
  movie: ({ movieId }: UserRatingFacts): MovieReference => ({ id: movieId }),
};
