import type { Mutations } from '../application/mutations.ts';
import type { RatingStore } from '../application/rating-store.ts';
import type { ReviewStore } from '../application/review-store.ts';
import type { Loaders } from './loaders.ts';

/** Context of the resolvers of one request. */
export interface Context {
  /** Replaced after a change: loaders cache what they read. */
  loaders: Loaders;
  readonly createLoaders: () => Loaders;
  readonly ratings: RatingStore;
  readonly reviews: ReviewStore;
  readonly mutations: Mutations;
  readonly now: () => Date;
  /** Base address of TMDb's images, without a slash at its end. */
  readonly imageBaseUrl: string;
}

/** A movie of which this subgraph has the id alone. */
export interface MovieReference {
  readonly id: string;
}
