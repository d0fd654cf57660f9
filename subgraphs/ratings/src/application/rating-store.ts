import type { Rating } from '../domain/rating.ts';
import type { KeysetPage } from './keyset-page.ts';

/** A film in the chart. */
export interface ChartEntry {
  readonly movieId: string;
  readonly weightedScore: number;
}

/** Reads ratings. Each call is one statement. */
export interface RatingStore {
  /** The ratings of those films of which there are any. */
  findMany(movieIds: readonly string[]): Promise<ReadonlyMap<string, Rating>>;
  /** Films with votes by weighted score, then id, both descending. */
  topRated(page: KeysetPage): Promise<readonly ChartEntry[]>;
  /** How many films have votes. */
  countRated(): Promise<number>;
}
