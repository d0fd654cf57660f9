import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Gender, Person } from '../domain/person.ts';
import type { PersonOverride } from '../domain/person-overrides.ts';

/** Order of persons. Sort keys: the popularity (0 when unknown) or the folded name; then the id. */
export interface PersonOrder {
  readonly field: 'POPULARITY' | 'NAME';
  readonly direction: 'ASC' | 'DESC';
}

/** Only the persons who fit everything that is given; null: whoever. */
export interface PersonFilter {
  /** The department for which the person is known best. */
  readonly department: string | null;
  readonly gender: Gender | null;
  /** Whole words of the name, all of them; regardless of case, accents and punctuation. */
  readonly words: string | null;
  /** Inclusive; an unknown popularity is 0. */
  readonly minPopularity: number | null;
  /** Inclusive. */
  readonly maxPopularity: number | null;
  /** True when persons known for pornographic movies only fit too; false when absent. */
  readonly includeAdult?: boolean;
}

/** A search for persons. */
export interface PersonQuery {
  readonly text: string;
  /** True when persons known for pornographic movies only are found too. */
  readonly includeAdult: boolean;
}

/** A person in an ordered list, with its sort keys. */
export interface ListedPerson extends Person {
  readonly sortKeys: readonly (string | number)[];
}

/** Reads persons. Each call is one statement. */
export interface PersonStore {
  /** The persons of those ids that exist. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>;
  /** How often each of these persons changed. */
  versions(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Which fields of these persons clients have edited, and when. */
  edits(ids: readonly string[]): Promise<ReadonlyMap<string, PersonOverride['edited']>>;
  list(filter: PersonFilter, order: PersonOrder, page: KeysetPage): Promise<readonly ListedPerson[]>;
  count(filter: PersonFilter): Promise<number>;
  /**
   * Persons whose names fit the words, best match first, then by popularity. Sort keys: match, popularity, id. Of the persons who
   * have all the words it knows the most popular ones only, 300 at least.
   */
  search(query: PersonQuery, page: KeysetPage): Promise<readonly ListedPerson[]>;
  /** How many {@link search} finds. */
  countMatches(query: PersonQuery): Promise<number>;
}
