import type { RatingStore } from '../application/rating-store.ts';
import type { ReviewStore } from '../application/review-store.ts';
import type { Writing } from '../application/writing.ts';
import type { Loaders } from './loaders.ts';

/** What the resolvers of one request share. */
export interface Context {
  /** A mutation puts others in their place: what was read before it is not what stands. */
  loaders: Loaders;
  readonly freshLoaders: () => Loaders;
  readonly ratings: RatingStore;
  readonly reviews: ReviewStore;
  readonly writing: Writing;
  readonly now: () => Date;
  /** Where TMDb's images are, without a slash at its end. */
  readonly imageBaseUrl: string;
}

/** A film as this graph knows it: by its id alone. */
export interface MovieReference {
  readonly id: string;
}
