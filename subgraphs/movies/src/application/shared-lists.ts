import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Collection, Company, Keyword } from '../domain/movie.ts';

/** Entities that movies share and that have paginated lists, by kind. */
export interface SharedKinds {
  readonly collections: Collection;
  readonly companies: Company;
  readonly keywords: Keyword;
}

export type SharedKind = keyof SharedKinds;

/** An item of a list by name, with its sort keys. */
export interface Named<Item> {
  readonly item: Item;
  readonly keys: readonly [string, number];
}

/** Lists entities that movies share, by name. Each call is one statement. */
export interface SharedLists {
  /** @param prefix beginning of the names, regardless of case, accents and punctuation; all names when it is empty, none when it has punctuation alone */
  list<Kind extends SharedKind>(
    kind: Kind,
    prefix: string,
    page: KeysetPage,
  ): Promise<readonly Named<SharedKinds[Kind]>[]>;
  count(kind: SharedKind, prefix: string): Promise<number>;
}
