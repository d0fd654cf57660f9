import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { CreditKind, StoredCredit } from '../domain/credit.ts';
import type { CreditRef } from '../domain/credit-overrides.ts';
import type { Gender, Person } from '../domain/person.ts';

/** Conditions on parts, all of which must hold; null: none. */
export interface CastFilter {
  /** A part of the character's name, regardless of case, accents and punctuation. */
  readonly character: string | null;
  /** The greatest place in the billing, from 0, inclusive. */
  readonly maxOrder: number | null;
  readonly gender: Gender | null;
}

/** Conditions on jobs, all of which must hold; null: none. */
export interface CrewFilter {
  /** One of these. */
  readonly departments: readonly string[] | null;
  /** One of these. */
  readonly jobs: readonly string[] | null;
  readonly gender: Gender | null;
}

/** Conditions on credits, all of which must hold; null: none. */
export interface FilmographyFilter {
  readonly kind: CreditKind | null;
  /** One of these. */
  readonly departments: readonly string[] | null;
  /** One of these; a part in the cast has none. */
  readonly jobs: readonly string[] | null;
  /** First and last year of release; a movie without a release date is in no range. */
  readonly years: { readonly min: number | null; readonly max: number | null };
  /** True to include credits of pornographic movies; false when absent. */
  readonly includeAdult?: boolean;
}

/** Order by the movie's rank, or by its release date, unknown ones last, and then its rank; within a movie in the movie's order. */
export interface FilmographyOrder {
  readonly field: 'ADDED' | 'RELEASE_DATE';
  readonly direction: 'ASC' | 'DESC';
}

/** A credit in a filmography, with its sort keys. */
export interface FilmographyCredit extends StoredCredit {
  readonly sortKeys: readonly (string | number)[];
}

/** A credit with its person. */
export interface PersonCredit extends StoredCredit {
  readonly person: Person;
}

/** A person in casts of another person's movies. */
export interface CoStar extends Person {
  /** Number of movies with both in the cast. */
  readonly sharedMovieCount: number;
  /** Ids of common movies, at most 100, by rank. */
  readonly sharedMovieIds: readonly string[];
  /** Rank of the newest common movie. */
  readonly newestMovieRank: number;
}

/**
 * Reads credits of many movies or persons: each call is one statement, and a page is a page of each. A movie or person without a credit is
 * left out.
 */
export interface CreditStore {
  /** Returns parts by place (billing order), then key. */
  cast(
    movieIds: readonly string[],
    filter: CastFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCast(movieIds: readonly string[], filter: CastFilter): Promise<ReadonlyMap<string, number>>;
  /** Returns jobs by place (TMDb's order), then key. */
  crew(
    movieIds: readonly string[],
    filter: CrewFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCrew(movieIds: readonly string[], filter: CrewFilter): Promise<ReadonlyMap<string, number>>;
  /** Returns the persons with the job `Director`, by place, each once. */
  directors(movieIds: readonly string[]): Promise<ReadonlyMap<string, readonly Person[]>>;
  /** Returns credits by the sort keys of the {@link FilmographyOrder}, the movie's id, kind (cast first), place and key. */
  filmographies(
    personIds: readonly string[],
    filter: FilmographyFilter,
    order: FilmographyOrder,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly FilmographyCredit[]>>;
  /** Returns credits by `creditRefKey`. */
  findMany(refs: readonly CreditRef[]): Promise<ReadonlyMap<string, PersonCredit>>;
  countFilmographies(personIds: readonly string[], filter: FilmographyFilter): Promise<ReadonlyMap<string, number>>;
  /**
   * Returns co-stars by number of common movies, descending; then by the rank of the newest one and id, ascending. Reads the 300 newest
   * movies of each person, and the first 50 of each movie's billing.
   *
   * @param includeAdult true to count pornographic movies, and to list persons of those only
   */
  coStars(
    personIds: readonly string[],
    includeAdult: boolean,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly CoStar[]>>;
  countCoStars(personIds: readonly string[], includeAdult: boolean): Promise<ReadonlyMap<string, number>>;
}
