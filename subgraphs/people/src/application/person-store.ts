import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Gender, Person } from '../domain/person.ts';
import type { PersonOverride } from '../domain/person-overrides.ts';

/** Order of persons. Sort keys: the popularity (0 when unknown) or the folded name; then the id. */
export interface PersonOrder {
  readonly field: 'POPULARITY' | 'NAME';
  readonly direction: 'ASC' | 'DESC';
}

/** Conditions on persons, all of which must hold; null: none. */
export interface PersonFilter {
  /** The department for which the person is best known. */
  readonly department: string | null;
  readonly gender: Gender | null;
  /** Whole words of the name, all of them; regardless of case, accents and punctuation. */
  readonly words: string | null;
  /** Inclusive; an unknown popularity is 0. */
  readonly minPopularity: number | null;
  /** Inclusive. */
  readonly maxPopularity: number | null;
  /** True to include persons of pornographic movies only; false when absent. */
  readonly includeAdult?: boolean;
}

/** A search for persons. */
export interface PersonQuery {
  readonly text: string;
  /** True to include persons of pornographic movies only. */
  readonly includeAdult: boolean;
}

/** A person in an ordered list, with its sort keys. */
export interface ListedPerson extends Person {
  readonly sortKeys: readonly (string | number)[];
}

/** Reads persons. Each call is one statement. */
export interface PersonStore {
  /** Returns the existing persons of these ids. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>;
  /** Returns the versions of the persons. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns the edited fields of the persons, with the times of the edits. */
  edits(ids: readonly string[]): Promise<ReadonlyMap<string, PersonOverride['edited']>>;
  list(filter: PersonFilter, order: PersonOrder, page: KeysetPage): Promise<readonly ListedPerson[]>;
  count(filter: PersonFilter): Promise<number>;
  /**
   * Returns persons whose names match the words, the best match first, then by popularity. Sort keys: match, popularity, id. Of the
   * persons with all words it finds only the most popular ones, at least 300.
   */
  search(query: PersonQuery, page: KeysetPage): Promise<readonly ListedPerson[]>;
  /** Returns the number of persons that {@link search} finds. */
  countMatches(query: PersonQuery): Promise<number>;
}
