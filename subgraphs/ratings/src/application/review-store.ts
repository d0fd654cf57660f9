import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { ShownReview } from '../domain/review.ts';

/** Order of reviews. Sort keys: the rating (0 when the author gave none) if by rating; the time of writing; the id. */
export interface ReviewOrder {
  readonly field: 'CREATED_AT' | 'RATING';
  readonly direction: 'ASC' | 'DESC';
}

/** Conditions on reviews, all of which must hold; null: none. */
export interface ReviewFilter {
  /** The least rating, inclusive: only reviews with a rating. */
  readonly minRating: number | null;
  /** The greatest rating, inclusive: only reviews with a rating. */
  readonly maxRating: number | null;
}

/** Reads reviews. Each call is one statement. */
export interface ReviewStore {
  /** Returns the existing reviews of these ids. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, ShownReview>>;
  /** Returns the versions of the reviews, without reviews that never changed since versions exist. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns a page of each movie's reviews, without movies that have none. */
  ofMovies(
    movieIds: readonly string[],
    filter: ReviewFilter,
    order: ReviewOrder,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly ShownReview[]>>;
  countOfMovies(movieIds: readonly string[], filter: ReviewFilter): Promise<ReadonlyMap<string, number>>;
  /** Returns the reviews by authors of this user name, by time, id and movie id, all descending. Pornographic movies only with `includeAdult`. */
  ofAuthor(username: string, includeAdult: boolean, page: KeysetPage): Promise<readonly ShownReview[]>;
  countOfAuthor(username: string, includeAdult: boolean): Promise<number>;
}
