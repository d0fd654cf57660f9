import type { Credit } from '../domain/credit.ts';
import type { Person } from '../domain/person.ts';
import type { KeysetPage } from './keyset-page.ts';

/** Only the crew of this department, of this job, or of both; null: of any. */
export interface CrewFilter {
  readonly department: string | null;
  readonly job: string | null;
}

/** Only the credits of this department; null: of any. */
export interface FilmographyFilter {
  readonly department: string | null;
}

/** A credit with the person whose it is. */
export interface PersonCredit extends Credit {
  readonly person: Person;
}

/**
 * Reads credits for many films or persons at once: each call is one statement, and a page is a page of each of them.
 * A film or person without a credit is left out.
 */
export interface CreditStore {
  /** By place (billing order), then key. */
  cast(movieIds: readonly string[], page: KeysetPage): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCast(movieIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** By place (TMDb's order), then key. */
  crew(
    movieIds: readonly string[],
    filter: CrewFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonCredit[]>>;
  countCrew(movieIds: readonly string[], filter: CrewFilter): Promise<ReadonlyMap<string, number>>;
  /** The persons with the job `Director`, by place, each once. */
  directors(movieIds: readonly string[]): Promise<ReadonlyMap<string, readonly Person[]>>;
  /** By film rank, film id, kind (cast first), place, key. */
  filmographies(
    personIds: readonly string[],
    filter: FilmographyFilter,
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly Credit[]>>;
  countFilmographies(personIds: readonly string[], filter: FilmographyFilter): Promise<ReadonlyMap<string, number>>;
}
