import type { ReviewChange, ReviewDone, ReviewRefusal } from './change-reviews.ts';
import type { Outcome, Viewer } from './outcome.ts';
import type { RatingRefusal, RatingSet } from './rate-movies.ts';

/** A mutation as its client sent it: with a key it is done once, however often it is sent. */
export interface Call {
  /** The mutation's field in the schema. */
  readonly mutation: string;
  readonly idempotencyKey: string | null;
  /** All other arguments, JSON. */
  readonly request: unknown;
}

/** The key came with another mutation, or with other arguments. */
export interface KeyReused {
  readonly kind: 'keyReused';
}

/** What clients do, each in one transaction: all of it or nothing. */
export interface Writing {
  changeReviews(
    call: Call,
    viewer: Viewer,
    changes: readonly ReviewChange[],
  ): Promise<Outcome<readonly ReviewDone[], ReviewRefusal | KeyReused>>;
  /** Gives back a review that a moderator took away. */
  releaseReview(
    call: Call,
    viewer: Viewer,
    review: { readonly id: string; readonly version: number },
  ): Promise<Outcome<ReviewDone, ReviewRefusal | KeyReused>>;
  rateMovies(
    call: Call,
    viewer: Viewer,
    ratings: readonly RatingSet[],
  ): Promise<Outcome<readonly string[], RatingRefusal | KeyReused>>;
}
