import { useSubscription } from 'urql';
import { RatingChangedDocument, type VotesFragment } from '../../generated/graphql.ts';

/** Returns a movie's votes as they are now: those of the page, and then those of each change. */
export function useLiveRating(movieId: string, rating: VotesFragment | null): VotesFragment | null {
  const [{ data }] = useSubscription({ query: RatingChangedDocument, variables: { movieIds: [movieId] } });
  return data?.ratingChanged.movieId === movieId ? data.ratingChanged.rating : rating;
}
