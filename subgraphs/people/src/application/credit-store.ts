import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { CreditKind, KnownCredit } from '../domain/credit.ts';
import type { CreditRef } from '../domain/credit-overrides.ts';
import type { Gender, Person } from '../domain/person.ts';

/** Only the parts that fit everything that is given; null: any. */
export interface CastFilter {
  /** A part of the character's name, regardless of case, accents and punctuation. */
  readonly character: string | null;
  /** The last place in the billing, from 0. */
  readonly maxOrder: number | null;
  readonly gender: Gender | null;
}

/** Only the jobs that fit everything that is given; null: any. */
export interface CrewFilter {
  /** One of these. */
  readonly departments: readonly string[] | null;
  /** One of these. */
  readonly jobs: readonly string[] | null;
  readonly gender: Gender | null;
}

/** Only the credits that fit everything that is given; null: any. */
export interface FilmographyFilter {
  readonly kind: CreditKind | null;
  /** One of these. */
  readonly departments: readonly string[] | null;
  /** One of these; a part in the cast has none. */
  readonly jobs: readonly string[] | null;
  /** First and last year of release; a movie whose release date is not known is in none. */
  readonly years: { readonly min: number | null; readonly max: number | null };
  /** True when credits of pornographic movies fit too; false when absent. */
  readonly includeAdult?: boolean;
}

/** By when the movie became known, or by its release date, unknown ones last; then by when it became known, and as a movie lists them. */
export interface FilmographyOrder {
  readonly field: 'ADDED' | 'RELEASE_DATE';
  readonly direction: 'ASC' | 'DESC';
}

/** A credit in a filmography, with its sort keys. */
export interface FilmographyCredit extends KnownCredit {
  readonly sortKeys: readonly (string | number)[];
}

/** A credit with the person whose it is. */
export interface PersonCredit extends KnownCredit {
  readonly person: Person;
}

/** Someone who played in movies of another person's cast. */
export interface CoStar extends Person {
  /** How many movies both played in. */
  readonly sharedMovieCount: number;
  /** Ids of common movies, at most 100, by rank. */
  readonly sharedMovieIds: readonly string[];
  /** Rank of the first of them. */
  readonly newestMovieRank: number;
}

/**
 * Reads credits for many movies or persons at once: each call is one statement, and a page is a page of each of them.
 * A movie or person without a credit is left out.
 */
export interface CreditStore {
  /** By place (billing order), then key. */
  cast(
    movieIds: readonly string[],
    filter: CastFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCast(movieIds: readonly string[], filter: CastFilter): Promise<ReadonlyMap<string, number>>;
  /** By place (TMDb's order), then key. */
  crew(
    movieIds: readonly string[],
    filter: CrewFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCrew(movieIds: readonly string[], filter: CrewFilter): Promise<ReadonlyMap<string, number>>;
  /** The persons with the job `Director`, by place, each once. */
  directors(movieIds: readonly string[]): Promise<ReadonlyMap<string, readonly Person[]>>;
  /** Sort keys as {@link FilmographyOrder} has them, the movie's id, kind (cast first), place and key. */
  filmographies(
    personIds: readonly string[],
    filter: FilmographyFilter,
    order: FilmographyOrder,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly FilmographyCredit[]>>;
  /** Credits by `creditRefKey`. */
  findMany(refs: readonly CreditRef[]): Promise<ReadonlyMap<string, PersonCredit>>;
  countFilmographies(personIds: readonly string[], filter: FilmographyFilter): Promise<ReadonlyMap<string, number>>;
  /**
   * By number of shared movies, descending; then by the rank of the newest one and id, ascending. Of each person the 300 newest movies
   * count, and of each movie the first 50 of the billing.
   *
   * @param includeAdult whether pornographic movies count, and persons known for those only are listed too
   */
  coStars(
    personIds: readonly string[],
    includeAdult: boolean,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly CoStar[]>>;
  countCoStars(personIds: readonly string[], includeAdult: boolean): Promise<ReadonlyMap<string, number>>;
}
