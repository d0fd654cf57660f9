import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { MovieOrder } from '../domain/movie-order.ts';
import type { MovieFilter } from './movie-filter.ts';
import type { MovieSelection, SelectedMovie } from './movie-selection.ts';

/** A movie in a list, with its sort keys. */
export interface ListedMovie {
  readonly movie: SelectedMovie;
  readonly keys: readonly [string | number, string];
}

export interface MovieList {
  readonly order: MovieOrder;
  /** True to include pornographic movies. */
  readonly includeAdult: boolean;
  readonly page: KeysetPage;
  readonly selection: MovieSelection;
}

/** An entity that has a list of movies. */
export type MovieGroup = 'collection' | 'company' | 'genre' | 'keyword';

/** Reads movies. Each call is one statement. */
export interface MovieStore {
  /** Returns the existing movies by id. */
  findByIds(ids: readonly string[], selection: MovieSelection): Promise<ReadonlyMap<string, SelectedMovie>>;
  list(list: Omit<MovieList, 'includeAdult'>, filter: MovieFilter): Promise<readonly ListedMovie[]>;
  count(filter: MovieFilter): Promise<number>;
  /** Returns {@link count}, or `limit` when there are more, after which it stops reading. */
  countUpTo(filter: MovieFilter, limit: number): Promise<number>;
  /** Returns the same page of each group's movies, by the group's id, without groups that have none. */
  listInGroups(
    group: MovieGroup,
    ids: readonly number[],
    list: MovieList,
  ): Promise<ReadonlyMap<number, readonly ListedMovie[]>>;
  /** Returns the number of movies of each group, without groups that have none. */
  countInGroups(group: MovieGroup, ids: readonly number[], includeAdult: boolean): Promise<ReadonlyMap<number, number>>;
}

/** A search for movies. */
export interface MovieQuery {
  /** Words of the title. */
  readonly text: string;
  /** True to include pornographic movies. */
  readonly includeAdult: boolean;
}

/** Finds movies by words of their titles. Each call is one statement. */
export interface MovieSearch {
  search(query: MovieQuery, page: KeysetPage, selection: MovieSelection): Promise<readonly ListedMovie[]>;
  count(query: MovieQuery): Promise<number>;
}
