import type { Ordering } from '@marquee/subgraph/cursor';
import type { ReviewOrder } from '../application/review-store.ts';

/** Weighted score, movie id. */
export const TOP_RATED: Ordering = { name: 'top-rated', keys: ['number', 'text'] };

/** Number of votes, movie id. */
export const MOST_VOTED: Ordering = { name: 'most-voted', keys: ['bigint', 'text'] };

/** Heat, movie id. */
export const TRENDING: Ordering = { name: 'trending', keys: ['number', 'text'] };

/** Time of writing, review id, movie id. */
export const AUTHOR_REVIEWS: Ordering = { name: 'author-reviews', keys: ['timestamp', 'text', 'text'] };

/** Time of the rating, movie id. */
export const VIEWER_RATINGS: Ordering = { name: 'viewer-ratings', keys: ['timestamp', 'text'] };

/** Rating if ordered by it, time of writing, review id. */
export function reviewOrdering({ field, direction }: ReviewOrder): Ordering {
  if (field === 'RATING')
    return { name: `reviews-rating-${direction}`.toLowerCase(), keys: ['number', 'timestamp', 'text'] };
  return { name: direction === 'DESC' ? 'reviews' : 'reviews-asc', keys: ['timestamp', 'text'] };
}
