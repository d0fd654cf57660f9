import type { Collection, Company, Keyword } from '../domain/movie.ts';
import type { PageRequest } from './movie-store.ts';

/** What films share that there is too much of for one list, by kind. */
export interface SharedKinds {
  readonly collections: Collection;
  readonly companies: Company;
  readonly keywords: Keyword;
}

export type SharedKind = keyof SharedKinds;

/** Something in a list by name, and the keys of its place there. */
export interface Named<Item> {
  readonly item: Item;
  readonly keys: readonly [string, number];
}

/** Where what films share is listed by name. Each call is one statement. */
export interface SharedLists {
  /** @param prefix what names begin with, case, accents and punctuation aside; all of them when it is empty, none when it has nothing to compare */
  list<Kind extends SharedKind>(
    kind: Kind,
    prefix: string,
    page: PageRequest,
  ): Promise<readonly Named<SharedKinds[Kind]>[]>;
  count(kind: SharedKind, prefix: string): Promise<number>;
}
