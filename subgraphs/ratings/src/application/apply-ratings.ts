import { type CountedVotes, type Rating, type Votes, votesOf } from '../domain/rating.ts';
import {
  type ListedReview,
  type ReconciledReviews,
  type Review,
  type ReviewOverrides,
  reconcileReviews,
  reviewsOf,
} from '../domain/review.ts';

/** What became known of a film's votes and reviews, and when. */
export interface RatingsObservation {
  readonly observedAt: Date;
  readonly data: Votes & { readonly reviews: readonly ListedReview[] };
}

/** What became known of films' votes and reviews. A film is in it once. */
export interface RatingsChanges {
  readonly observed: readonly (RatingsObservation & { readonly movieId: string })[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** Votes that are others than they were. */
export interface VotesChanged {
  readonly counted: readonly (Rating & { readonly movieId: string })[];
  /** Films that have no votes any more. */
  readonly removed: readonly string[];
}

/** Reviews that are others than they were. */
export interface ReviewsChanged {
  readonly written: readonly Pick<Review, 'id' | 'movieId'>[];
  readonly removed: readonly Pick<Review, 'id' | 'movieId'>[];
}

/** Writes votes and reviews, whatever their number in the same few statements. */
export interface RatingWriter {
  /**
   * Which of these films movies has deleted. Until the transaction ends no other changes their votes and reviews, or deletes them.
   */
  holdFilms(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Returns the votes of these movies as they are shown, without movies that have none. */
  shownVotes(movieIds: readonly string[]): Promise<VotesChanged['counted']>;
  /** Makes these TMDb's votes of those films; a film without an entry has those of users alone, if any. */
  replaceVotes(movieIds: readonly string[], votes: ReadonlyMap<string, CountedVotes>): Promise<VotesChanged>;
  /** Removes TMDb's reviews of those films that are not listed, and returns them with the decisions of clients on the listed ones. */
  removeUnlistedReviews(
    movieIds: readonly string[],
    listed: readonly Review[],
  ): Promise<{ readonly removed: ReviewsChanged['removed']; readonly overrides: ReviewOverrides }>;
  /** Makes these TMDb's reviews of those films, with those of users that are not shown yet. Returns the ones that changed. */
  writeReviews(movieIds: readonly string[], reviews: ReconciledReviews): Promise<ReviewsChanged['written']>;
  /** Keeps what is known of deleted films until they are there again; null when nothing is. */
  withhold(films: ReadonlyMap<string, RatingsObservation | null>): Promise<void>;
}

/** What {@link applyRatings} changed of what is shown. */
export interface RatingsApplied {
  readonly votes: VotesChanged;
  readonly reviews: ReviewsChanged;
}

/**
 * Takes over what became known of ratings: TMDb's votes for a film and its set of reviews are replaced, what users said stays. Of a film that movies has deleted
 * nothing is shown: what becomes known of it waits, since the film may come back, or may be back already without our knowing it.
 */
export async function applyRatings(
  writer: RatingWriter,
  { observed, deleted }: RatingsChanges,
): Promise<RatingsApplied> {
  const gone = await writer.holdFilms([...observed, ...deleted].map(({ movieId }) => movieId));
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
    const known = new Map(observed.map(({ movieId, observedAt, data }) => [movieId, { observedAt, data }]));
    await writer.withhold(new Map([...gone].map((movieId) => [movieId, known.get(movieId) ?? null])));
  }
  return { votes, reviews: { written, removed } };
}
