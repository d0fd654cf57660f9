import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { RatingInParts, UserRating } from '../domain/rating.ts';

/**
 * Value that ranks movies: the weighted score, the number of votes, or the heat (see `domain/trend.ts`). A chart leaves out movies without
 * the value.
 */
export type Chart = 'weightedScore' | 'voteCount' | 'heat';

/** Conditions on movies, all of which must hold; null: none. */
export interface ChartFilter {
  /** Inclusive. */
  readonly minVotes: number | null;
  /** The least weighted score, inclusive. */
  readonly minScore: number | null;
  /** The greatest weighted score, inclusive. */
  readonly maxScore: number | null;
  /** The least heat, inclusive. */
  readonly minHeat: number | null;
  /** True to include pornographic movies; false when absent. */
  readonly includeAdult?: boolean;
}

/** A movie in a chart. */
export interface ChartEntry {
  readonly movieId: string;
  /** The value by which the chart sorts the movie. */
  readonly value: number;
}

/** Reads ratings. Each call is one statement. */
export interface RatingStore {
  /** Returns the ratings of the movies, without movies that have none. */
  findMany(movieIds: readonly string[]): Promise<ReadonlyMap<string, RatingInParts>>;
  /** Returns this user's ratings of the movies, by movie. */
  givenBy(subject: string, movieIds: readonly string[]): Promise<ReadonlyMap<string, UserRating>>;
  /** Returns this user's ratings, by time, then by movie id, both descending. Pornographic movies only with `includeAdult`. */
  listGivenBy(subject: string, includeAdult: boolean, page: KeysetPage): Promise<readonly UserRating[]>;
  countGivenBy(subject: string, includeAdult: boolean): Promise<number>;
  /** Returns movies by the chart's value, then id, both descending. */
  chart(chart: Chart, filter: ChartFilter, page: KeysetPage): Promise<readonly ChartEntry[]>;
  /** Returns the number of movies in the chart. */
  countChart(chart: Chart, filter: ChartFilter): Promise<number>;
}
