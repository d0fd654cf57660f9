import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { ShownReview } from '../domain/review.ts';

/** Order of reviews. Sort keys: the rating (0 when the author gave none) if by rating; the time of writing; the id. */
export interface ReviewOrder {
  readonly field: 'CREATED_AT' | 'RATING';
  readonly direction: 'ASC' | 'DESC';
}

/** Only the reviews that fit everything that is given; null: any. */
export interface ReviewFilter {
  /** The least rating, inclusive: only reviews with a rating. */
  readonly minRating: number | null;
  /** The greatest rating, inclusive: only reviews with a rating. */
  readonly maxRating: number | null;
}

/** Reads reviews. Each call is one statement. */
export interface ReviewStore {
  /** The reviews of those ids that exist. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, ShownReview>>;
  /** How often those reviews changed; one that never did since this is counted is left out. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** A page of each movie's reviews. Movies without any are left out. */
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
