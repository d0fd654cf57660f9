import type { ObservedMovie } from '../domain/movie.ts';
import type { KeptMovie, MovieField } from '../domain/movie-content.ts';

/** What films share that a client may name in them, by the field that names it. */
export type SharedNames = {
  readonly [Field in NamingField]: Field extends `${string}Codes` ? readonly string[] : readonly number[];
};
export type NamingField =
  | 'collectionId'
  | 'genreIds'
  | 'keywordIds'
  | 'productionCompanyIds'
  | 'productionCountryCodes'
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
  /** Those of the names that stand for nothing that is known here. */
  unknownOf(names: SharedNames): Promise<ReadonlyMap<NamingField, ReadonlySet<string | number>>>;
}
