import type { __Item__ } from '../domain/__item__.ts';

export interface __Item__Store {
  /** Returns the __name__ of these movies by movie id, without movies that have none. */
  ofMovies(movieIds: readonly string[]): Promise<ReadonlyMap<string, readonly __Item__[]>>;
}
