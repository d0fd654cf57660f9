import type { ObservedMovie } from '../domain/movie.ts';
import type { KeptMovie, MovieField } from '../domain/movie-content.ts';

/** Names in a client's input, by the field that contains them. */
export type Names = {
  readonly [Field in NamingField]: Field extends 'releases' | `${string}Codes` ? readonly string[] : readonly number[];
};
/** A field that names something; releases name their countries. */
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
 * Where films are written, within a transaction and a batch at a time: the number of statements does not depend on the number of films.
 * Each film appears once in a batch.
 */
export interface MovieCatalogue {
  /**
   * Versions of those of the films that are there or were once, held until the transaction ends: whoever else changes them waits. To be
   * called before anything else is read or written of them.
   */
  lock(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Those of the films that are there. */
  find(ids: readonly string[]): Promise<ReadonlyMap<string, KeptMovie>>;
  /** Each film is afterwards as given. @param fields those lists alone may be others than they were; by default all */
  save(movies: readonly KeptMovie[], fields?: ReadonlySet<MovieField>): Promise<void>;
  /** What films share (genres, companies …) is called as the newest observation calls it. To be called last: everybody writes it. */
  saveShared(observed: readonly ObservedMovie[]): Promise<void>;
  /** The films are gone afterwards, whether or not they were there, with their overrides. Returns those that were. */
  remove(ids: readonly string[]): Promise<readonly string[]>;
  /** Returns the names that nothing here has; a country of origin or of a release is known when any movie has it. */
  unknownOf(names: Names): Promise<ReadonlyMap<NamingField, ReadonlySet<string | number>>>;
}
