import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { PersonDetails, PersonImage, PersonTranslation } from '../domain/person-details.ts';

/** Reads details of persons: each call is one statement, and a page is a page of each. A person without any is left out. */
export interface PersonDetailsStore {
  /** Returns details with the edits of clients. */
  findMany(personIds: readonly string[]): Promise<ReadonlyMap<string, PersonDetails>>;
  /** Returns portraits by place. */
  images(personIds: readonly string[], page: KeysetPage): Promise<ReadonlyMap<string, readonly PersonImage[]>>;
  countImages(personIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns translations by language and country. */
  translations(
    personIds: readonly string[],
    page: KeysetPage,
  ): Promise<ReadonlyMap<string, readonly PersonTranslation[]>>;
  countTranslations(personIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Returns the translations into these languages, ISO 639 codes, by language and country. */
  translationsInto(
    personIds: readonly string[],
    languages: readonly string[],
  ): Promise<ReadonlyMap<string, readonly PersonTranslation[]>>;
}
