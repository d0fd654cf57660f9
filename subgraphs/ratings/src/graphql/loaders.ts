import type { Page } from '@marquee/subgraph/connection';
import { createFieldLoader, createLoader, type FieldLoader, type Loader } from '@marquee/subgraph/loader';
import type { RatingStore } from '../application/rating-store.ts';
import type { ReviewFilter, ReviewOrder, ReviewStore } from '../application/review-store.ts';
import type { Rating } from '../domain/rating.ts';
import type { Review } from '../domain/review.ts';

/** Batched reads: each is one statement for all ids that a request asks of it with equal arguments. */
export interface Loaders {
  /** By film id. */
  readonly rating: Loader<Rating | null>;
  readonly review: Loader<Review | null>;
  /** By film id. */
  readonly reviews: FieldLoader<{ filter: ReviewFilter; order: ReviewOrder; page: Page }, readonly Review[]>;
  /** By film id. */
  readonly reviewCount: FieldLoader<ReviewFilter, number>;
}

/** Loaders for one request: they remember what they read. */
export function createLoaders(ratings: RatingStore, reviews: ReviewStore): Loaders {
  return {
    rating: createLoader<Rating | null>(
      (ids) => ratings.findMany(ids),
      () => null,
    ),
    review: createLoader<Review | null>(
      (ids) => reviews.findMany(ids),
      () => null,
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
