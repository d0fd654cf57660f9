import type { ObservedMovie } from '../domain/movie.ts';
import type { MovieField, StoredMovie } from '../domain/movie-content.ts';

/** Names in a client's input, by the field that contains them. */
export type Names = {
  readonly [Field in NamingField]: Field extends 'releases' | `${string}Codes` ? readonly string[] : readonly number[];
};
/** A field that names other entities; releases name their countries. */
export type NamingField =
  | 'collectionId'
  | 'genreIds'
  | 'keywordIds'
  | 'productionCompanyIds'
  | 'originCountryCodes'
  | 'productionCountryCodes'
  | 'releases'
  | 'spokenLanguageCodes';

/**
 * Writes movies within a transaction, in batches: the number of statements does not depend on the number of movies. A movie may occur once.
 */
export interface MovieCatalogue {
  /**
   * Locks the movies until the transaction ends, and returns the versions of those that exist or existed. Call it before other reads and
   * writes of them.
   */
  lock(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns the movies that exist. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, StoredMovie>>;
  /** Saves the movies. @param fields the lists that may have changed; by default all */
  save(movies: readonly StoredMovie[], fields?: ReadonlySet<MovieField>): Promise<void>;
  /** Saves the names of genres, companies and so on from the newest observation. Call it last: all transactions write them. */
  saveShared(observed: readonly ObservedMovie[]): Promise<void>;
  /** Removes the movies with their overrides, and returns those that existed. */
  remove(ids: readonly string[]): Promise<readonly string[]>;
  /** Returns the names that no entity has; a country of origin or of a release is valid when any movie has it. */
  unknownOf(names: Names): Promise<ReadonlyMap<NamingField, ReadonlySet<string | number>>>;
}

/** State of a movie after a write, as it is published to other subgraphs. */
export type WrittenMovie =
  | { readonly id: string; readonly deleted: true }
  | { readonly id: string; readonly deleted: false; readonly releaseDate: string | null; readonly adult: boolean };

/** Returns the state of a saved movie. */
export function savedMovie({ id, content }: Pick<StoredMovie, 'id' | 'content'>): WrittenMovie {
  return { id, deleted: false, releaseDate: content.releaseDate, adult: content.adult };
}
