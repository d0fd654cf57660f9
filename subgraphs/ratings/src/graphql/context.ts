import type { Mutations } from '../application/mutations.ts';
import type { RatingStore } from '../application/rating-store.ts';
import type { ReviewStore } from '../application/review-store.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context {
  /** Replaced after a change: loaders cache what they read. */
  loaders: Loaders;
  readonly createLoaders: () => Loaders;
  readonly ratings: RatingStore;
  readonly reviews: ReviewStore;
  readonly mutations: Mutations;
  readonly now: () => Date;
  /** Where TMDb's images are, without a slash at its end. */
  readonly imageBaseUrl: string;
}

/** A film as this graph knows it: by its id alone. */
export interface MovieReference {
  readonly id: string;
}
