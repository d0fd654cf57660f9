import type { Ordering } from '@marquee/subgraph/cursor';

/** Weighted score, film id. */
export const TOP_RATED: Ordering = { name: 'top-rated', keys: ['number', 'text'] };

/** When it was written, review id. */
export const REVIEWS: Ordering = { name: 'reviews', keys: ['timestamp', 'text'] };
