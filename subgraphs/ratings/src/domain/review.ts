/** A review of a movie. */
export interface Review {
  readonly id: string;
  readonly movieId: string;
  /** The signature of the review. */
  readonly author: string;
  readonly authorName: string | null;
  readonly authorUsername: string | null;
  /** Path of the author's picture below TMDb's image base, with a leading slash; or a slash and the address of it elsewhere. */
  readonly authorAvatarPath: string | null;
  /** The author's own rating of the movie, 0.5 to 10. */
  readonly rating: number | null;
  readonly content: string;
  readonly url: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date | null;
}

/** A visible review. */
export interface ShownReview extends Review {
  /** The subject of the user who wrote it, which no field shows; null for one of TMDb's. */
  readonly owner: string | null;
}

/** The signature of a review whose author did not give one: never the subject, which may be an address or a name. */
export const UNSIGNED = 'Anonymous';

/** A review of a movie, as TMDb lists it; moments are RFC 3339. */
export type ListedReview = Omit<Review, 'movieId' | 'createdAt' | 'updatedAt'> & {
  readonly createdAt: string;
  readonly updatedAt: string | null;
};

/**
 * Returns the reviews of a movie, each once. Pages of a list that grows while it is read overlap, so a review may be listed twice: the one
 * with the later change wins, of equal ones the later.
 */
export function reviewsOf(movieId: string, listed: readonly ListedReview[]): readonly Review[] {
  const reviews = new Map<string, Review>();
  for (const { createdAt, updatedAt, ...facts } of listed) {
    const review: Review = {
      ...facts,
      movieId,
      createdAt: new Date(createdAt),
      updatedAt: updatedAt === null ? null : new Date(updatedAt),
    };
    const previous = reviews.get(review.id);
    if (previous === undefined || changedAt(previous) <= changedAt(review)) reviews.set(review.id, review);
  }
  return [...reviews.values()];
}

/** Ids of TMDb's reviews that clients override. */
export interface ReviewOverrides {
  /** Users' reviews have these ids. */
  readonly written: ReadonlySet<string>;
  /** Moderators have hidden these. */
  readonly moderated: ReadonlySet<string>;
}

/** TMDb's reviews after an observation. */
export interface ReconciledReviews {
  readonly shown: readonly Review[];
  /** Stored until a moderator shows them again. */
  readonly withheld: readonly Review[];
}

/** Applies an observation: a review that a moderator has hidden stays hidden, and TMDb's review never replaces a user's. */
export function reconcileReviews(
  observed: readonly Review[],
  { written, moderated }: ReviewOverrides,
): ReconciledReviews {
  const ofTmdb = observed.filter(({ id }) => !written.has(id));
  return {
    shown: ofTmdb.filter(({ id }) => !moderated.has(id)),
    withheld: ofTmdb.filter(({ id }) => moderated.has(id)),
  };
}

function changedAt({ createdAt, updatedAt }: Review): Date {
  return updatedAt ?? createdAt;
}
