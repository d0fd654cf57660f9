import type { SharedParts } from '../application/movie-parts.ts';
import type { MovieSearch, MovieStore } from '../application/movie-store.ts';
import type { Mutations } from '../application/mutations.ts';
import type { SharedLists } from '../application/shared-lists.ts';
import type { Loaders } from './loaders.ts';

/** Context of the resolvers of one request. */
export interface Context {
  readonly movies: MovieStore;
  readonly search: MovieSearch;
  readonly shared: SharedParts;
  readonly sharedLists: SharedLists;
  readonly mutations: Mutations;
  /** Replaced after a change: loaders cache what they read. */
  loaders: Loaders;
  readonly createLoaders: () => Loaders;
  /** Base address of images, such as `https://image.tmdb.org/t/p`. */
  readonly imageBaseUrl: string;
}
