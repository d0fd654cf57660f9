import type { Page } from '@marquee/subgraph/connection';
import { createFieldLoader, createLoader, type FieldLoader, type Loader } from '@marquee/subgraph/loader';
import type { RatingStore } from '../application/rating-store.ts';
import type { ReviewFilter, ReviewOrder, ReviewStore } from '../application/review-store.ts';
import type { RatingInParts, UserRating } from '../domain/rating.ts';
import type { ShownReview } from '../domain/review.ts';

/** Batched reads: each is one statement for all ids of a request with equal arguments. */
export interface Loaders {
  /** By movie id. */
  readonly rating: Loader<RatingInParts | null>;
  /** A user's ratings by movie id. */
  readonly viewerRating: FieldLoader<{ subject: string }, UserRating | null>;
  readonly review: Loader<ShownReview | null>;
  readonly reviewVersion: Loader<number>;
  /** By movie id. */
  readonly reviews: FieldLoader<{ filter: ReviewFilter; order: ReviewOrder; page: Page }, readonly ShownReview[]>;
  /** By movie id. */
  readonly reviewCount: FieldLoader<ReviewFilter, number>;
}

/** Returns the loaders of one request: they cache what they read. */
export function createLoaders(ratings: RatingStore, reviews: ReviewStore): Loaders {
  return {
    rating: createLoader<RatingInParts | null>(
      (ids) => ratings.findMany(ids),
      () => null,
    ),
    review: createLoader<ShownReview | null>(
      (ids) => reviews.findMany(ids),
      () => null,
    ),
    viewerRating: createFieldLoader<{ subject: string }, UserRating | null>(
      (ids, { subject }) => ratings.givenBy(subject, ids),
      () => null,
    ),
    reviewVersion: createLoader(
      (ids) => reviews.versions(ids),
      () => 0,
    ),
    reviews: createFieldLoader(
      (ids, { filter, order, page }) => reviews.ofMovies(ids, filter, order, page),
      () => [],
    ),
    reviewCount: createFieldLoader(
      (ids, filter) => reviews.countOfMovies(ids, filter),
      () => 0,
    ),
  };
}
