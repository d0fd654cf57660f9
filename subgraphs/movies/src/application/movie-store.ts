import type { MovieOrder } from '../domain/movie-order.ts';
import type { MovieFilter } from './movie-filter.ts';
import type { MovieSelection, SelectedMovie } from './movie-selection.ts';

/** A page that was asked for: at most `limit` rows beyond `cursor`, read against the order when `backward`. */
export interface PageRequest {
  readonly limit: number;
  readonly backward: boolean;
  /** Keys of the row beyond which the page begins; null: begin at the order's start, or end. */
  readonly cursor: readonly (string | number)[] | null;
}

/** A film in a list, and the keys of its place there. */
export interface ListedMovie {
  readonly movie: SelectedMovie;
  readonly keys: readonly [string | number, string];
}

export interface MovieList {
  readonly order: MovieOrder;
  /** True when pornographic movies are listed too. */
  readonly includeAdult: boolean;
  readonly page: PageRequest;
  readonly selection: MovieSelection;
}

/** What a list of films may belong to. */
export type MovieGroup = 'collection' | 'company' | 'genre' | 'keyword';

/** Where films are read from. Each call is one statement. */
export interface MovieStore {
  /** Films by id; those that are not known are left out. */
  findByIds(ids: readonly string[], selection: MovieSelection): Promise<ReadonlyMap<string, SelectedMovie>>;
  list(list: Omit<MovieList, 'includeAdult'>, filter: MovieFilter): Promise<readonly ListedMovie[]>;
  count(filter: MovieFilter): Promise<number>;
  /** {@link count}, or `limit` where it is more: reads no more films than that, and is soon done where they are many. */
  countUpTo(filter: MovieFilter, limit: number): Promise<number>;
  /** The same page of each group's films, by the group's id; groups without films are left out. */
  listInGroups(
    group: MovieGroup,
    ids: readonly number[],
    list: MovieList,
  ): Promise<ReadonlyMap<number, readonly ListedMovie[]>>;
  /** How many films each group has; groups without films are left out. */
  countInGroups(group: MovieGroup, ids: readonly number[], includeAdult: boolean): Promise<ReadonlyMap<number, number>>;
}

/** A search for movies. */
export interface MovieQuery {
  /** Words of the title. */
  readonly text: string;
  /** True when pornographic movies are found too. */
  readonly includeAdult: boolean;
}

/** Finds films by words of their titles. Each call is one statement. */
export interface MovieSearch {
  search(query: MovieQuery, page: PageRequest, selection: MovieSelection): Promise<readonly ListedMovie[]>;
  count(query: MovieQuery): Promise<number>;
}
