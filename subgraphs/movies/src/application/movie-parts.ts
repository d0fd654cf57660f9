import type { Collection, Company, Country, Genre, Keyword, Language } from '../domain/movie.ts';
import type { EditableField } from '../domain/movie-media.ts';
import type { Release } from '../domain/release.ts';

/** The lists of many movies at once, by movie id; movies without any are left out. */
export type ByMovie<Part> = Promise<ReadonlyMap<string, readonly Part[]>>;

/** A field that a client edited. */
export interface MovieOverride {
  readonly field: EditableField;
  /** Time of the last edit. */
  readonly editedAt: Date;
}

/** Reads the lists of movies in their order. Each call is one statement. */
export interface MovieParts {
  genresOf(movieIds: readonly string[]): ByMovie<Genre>;
  productionCompaniesOf(movieIds: readonly string[]): ByMovie<Company>;
  productionCountriesOf(movieIds: readonly string[]): ByMovie<Country>;
  originCountriesOf(movieIds: readonly string[]): ByMovie<string>;
  spokenLanguagesOf(movieIds: readonly string[]): ByMovie<Language>;
  keywordsOf(movieIds: readonly string[]): ByMovie<Keyword>;
  /** Returns releases by country, then date. */
  releasesOf(movieIds: readonly string[]): ByMovie<Release>;
  /** Returns overrides by name of the field. */
  overridesOf(movieIds: readonly string[]): ByMovie<MovieOverride>;
}

/** Reads the entities that movies share. Each call is one statement. */
export interface SharedParts {
  /** Returns all genres by name. */
  genres(): Promise<readonly Genre[]>;
  genresByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Genre>>;
  companiesByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Company>>;
  keywordsByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Keyword>>;
  collectionsByIds(ids: readonly number[]): Promise<ReadonlyMap<number, Collection>>;
}
