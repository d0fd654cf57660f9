import type { Credit } from '../domain/credit.ts';
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

export type CreditsByParent = ReadonlyMap<string, readonly Credit[]>;
export type CountsByParent = ReadonlyMap<string, number>;

/**
 * Reads credits for many films or persons at once: each call is one statement, and a page is a page of each of them.
 * A film or person without a credit is left out.
 */
export interface CreditStore {
  /** By place (billing order), then key. */
  cast(movieIds: readonly string[], page: KeysetPage): Promise<CreditsByParent>;
  countCast(movieIds: readonly string[]): Promise<CountsByParent>;
  /** By place (TMDb's order), then key. */
  crew(movieIds: readonly string[], filter: CrewFilter, page: KeysetPage): Promise<CreditsByParent>;
  countCrew(movieIds: readonly string[], filter: CrewFilter): Promise<CountsByParent>;
  /** Ids of the persons with the job `Director`, by place, each once. */
  directors(movieIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>>;
  /** By film rank, film id, kind (cast first), place, key. */
  filmographies(personIds: readonly string[], filter: FilmographyFilter, page: KeysetPage): Promise<CreditsByParent>;
  countFilmographies(personIds: readonly string[], filter: FilmographyFilter): Promise<CountsByParent>;
}
