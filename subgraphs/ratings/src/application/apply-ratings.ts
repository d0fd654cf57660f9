import { type Votes, votesOf } from '../domain/rating.ts';
import { type ListedReview, type Review, reviewsOf } from '../domain/review.ts';

/** What became known of films' votes and reviews. A film is in it once. */
export interface RatingsChanges {
  readonly observed: readonly {
    readonly movieId: string;
    readonly data: Votes & { readonly reviews: readonly ListedReview[] };
  }[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** Writes votes and reviews, whatever their number in the same few statements. */
export interface RatingWriter {
  /** Makes these the votes of those films; a film without an entry loses them. */
  replaceVotes(movieIds: readonly string[], votes: ReadonlyMap<string, Votes>): Promise<void>;
  /** Makes these the reviews of those films, and the only ones. */
  replaceReviews(movieIds: readonly string[], reviews: readonly Review[]): Promise<void>;
}

/** Takes over what became known of ratings: a film's votes and its set of reviews are replaced. */
export async function applyRatings(writer: RatingWriter, { observed, deleted }: RatingsChanges): Promise<void> {
  const movieIds = [...observed, ...deleted].map(({ movieId }) => movieId);
  await writer.replaceVotes(movieIds, new Map(observed.map(({ movieId, data }) => [movieId, votesOf(data)])));
  await writer.replaceReviews(
    movieIds,
    observed.flatMap(({ movieId, data }) => reviewsOf(movieId, data.reviews)),
  );
}
