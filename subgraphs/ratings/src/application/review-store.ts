import type { Review } from '../domain/review.ts';
import type { KeysetPage } from './keyset-page.ts';

/** Reads reviews. Each call is one statement. */
export interface ReviewStore {
  /** The reviews of those ids that exist. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Review>>;
  /** A page of each film's reviews, by the time they were written, then id, both descending. Films without any are left out. */
  ofMovies(movieIds: readonly string[], page: KeysetPage): Promise<ReadonlyMap<string, readonly Review[]>>;
  countOfMovies(movieIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
}
