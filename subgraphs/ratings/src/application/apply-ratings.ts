import { type CountedVotes, type Rating, type Votes, votesOf } from '../domain/rating.ts';
import {
  type ListedReview,
  type ReconciledReviews,
  type Review,
  type ReviewOverrides,
  reconcileReviews,
  reviewsOf,
} from '../domain/review.ts';

/** TMDb's votes and reviews of a movie, and the time of the request. */
export interface RatingsObservation {
  readonly observedAt: Date;
  readonly data: Votes & { readonly reviews: readonly ListedReview[] };
}

/** New votes and reviews of movies from TMDb. A movie occurs once. */
export interface RatingsChanges {
  readonly observed: readonly (RatingsObservation & { readonly movieId: string })[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** Votes that changed. */
export interface VotesChanged {
  readonly counted: readonly (Rating & { readonly movieId: string })[];
  /** Movies without votes after the change. */
  readonly removed: readonly string[];
}

/** Reviews that changed. */
export interface ReviewsChanged {
  readonly written: readonly Pick<Review, 'id' | 'movieId'>[];
  readonly removed: readonly Pick<Review, 'id' | 'movieId'>[];
}

/** Writes votes and reviews, in a number of statements that does not depend on theirs. */
export interface RatingWriter {
  /**
   * Locks the votes and reviews of these movies until the transaction ends, and returns those that the movies subgraph has deleted.
   */
  lockMovies(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the visible votes of these movies, without movies that have none. */
  shownVotes(movieIds: readonly string[]): Promise<VotesChanged['counted']>;
  /** Replaces TMDb's votes of those movies; a movie without an entry has those of users alone. */
  replaceVotes(movieIds: readonly string[], votes: ReadonlyMap<string, CountedVotes>): Promise<VotesChanged>;
  /** Removes and returns TMDb's reviews of those movies that are not listed, and returns the overrides of the listed ones. */
  removeUnlistedReviews(
    movieIds: readonly string[],
    listed: readonly Review[],
  ): Promise<{ readonly removed: ReviewsChanged['removed']; readonly overrides: ReviewOverrides }>;
  /** Writes TMDb's reviews of those movies, and users' reviews that are not shown yet. Returns the changed ones. */
  writeReviews(movieIds: readonly string[], reviews: ReconciledReviews): Promise<ReviewsChanged['written']>;
  /** Stores the observations of deleted movies until they are back; null when TMDb does not have the movie. */
  withhold(movies: ReadonlyMap<string, RatingsObservation | null>): Promise<void>;
}

/** Changes by {@link applyRatings}. */
export interface RatingsApplied {
  readonly votes: VotesChanged;
  readonly reviews: ReviewsChanged;
}

/**
 * Applies observations: they replace TMDb's votes and reviews of a movie, and those of users stay. The observation of a movie that the
 * movies subgraph has deleted is withheld, since the movie may come back, or may be back before this subgraph receives the event.
 */
export async function applyRatings(
  writer: RatingWriter,
  { observed, deleted }: RatingsChanges,
): Promise<RatingsApplied> {
  const gone = await writer.lockMovies([...observed, ...deleted].map(({ movieId }) => movieId));
  const isShown = ({ movieId }: { movieId: string }) => !gone.has(movieId);
  const shown = observed.filter(isShown);
  const movieIds = [...shown, ...deleted.filter(isShown)].map(({ movieId }) => movieId);
  const votes = await writer.replaceVotes(
    movieIds,
    new Map(shown.map(({ movieId, observedAt, data }) => [movieId, { ...votesOf(data), countedAt: observedAt }])),
  );
  const listed = shown.flatMap(({ movieId, data }) => reviewsOf(movieId, data.reviews));
  const { removed, overrides } = await writer.removeUnlistedReviews(movieIds, listed);
  const written = await writer.writeReviews(movieIds, reconcileReviews(listed, overrides));
  if (gone.size > 0) {
    const observations = new Map(observed.map(({ movieId, observedAt, data }) => [movieId, { observedAt, data }]));
    await writer.withhold(new Map([...gone].map((movieId) => [movieId, observations.get(movieId) ?? null])));
  }
  return { votes, reviews: { written, removed } };
}
