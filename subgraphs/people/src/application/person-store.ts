import type { Person } from '../domain/person.ts';
import type { KeysetPage } from './keyset-page.ts';

/** What a list of persons is ordered by. Sort keys: the popularity (0 when unknown) or the folded name; then the id. */
export interface PersonOrder {
  readonly field: 'POPULARITY' | 'NAME';
  readonly direction: 'ASC' | 'DESC';
}

/** A person in an ordered list, with its sort keys. */
export interface ListedPerson extends Person {
  readonly sortKeys: readonly (string | number)[];
}

/** Reads persons. Each call is one statement. */
export interface PersonStore {
  /** The persons of those ids that exist. */
  findMany(ids: readonly string[]): Promise<ReadonlyMap<string, Person>>;
  list(order: PersonOrder, page: KeysetPage): Promise<readonly ListedPerson[]>;
  count(): Promise<number>;
  /** Persons whose names fit the words, best match first, then by popularity. Sort keys: match, popularity, id. */
  search(text: string, page: KeysetPage): Promise<readonly ListedPerson[]>;
  countMatches(text: string): Promise<number>;
}
