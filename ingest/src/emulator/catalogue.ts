import type { MovieFacts } from './catalogue-format.ts';

/** Content of a catalogue file: movies, and everything that they refer to. */
export interface Catalogue {
  readonly genres: ReadonlyMap<number, string>;
  readonly countries: ReadonlyMap<string, string>;
  readonly languages: ReadonlyMap<string, { readonly name: string; readonly englishName: string }>;
  readonly collections: ReadonlyMap<number, string>;
  readonly companies: ReadonlyMap<number, string>;
  readonly people: ReadonlyMap<number, CataloguePerson>;
  readonly movies: ReadonlyMap<number, CatalogueMovie>;
}

export interface CataloguePerson {
  readonly id: number;
  readonly name: string;
  /** TMDb's number: 0 unknown, 1 female, 2 male, 3 non-binary. */
  readonly gender: number;
}

export interface CatalogueMovie {
  readonly id: number;
  readonly facts: MovieFacts;
  readonly releases: readonly CatalogueRelease[];
  readonly cast: readonly { readonly personId: number; readonly character: string; readonly order: number }[];
  readonly crew: readonly { readonly personId: number; readonly department: string; readonly job: string }[];
  readonly reviews: readonly CatalogueReview[];
}

export interface CatalogueRelease {
  readonly country: string;
  readonly certification: string;
  /** TMDb's number: 1 premiere, 2 limited theatrical, 3 theatrical, 4 digital, 5 physical, 6 television. */
  readonly type: number;
  /** YYYY-MM-DD */
  readonly date: string;
}

export interface CatalogueReview {
  readonly author: string;
  /** 0.5 to 10 */
  readonly rating: number | null;
  /** RFC 3339, UTC */
  readonly createdAt: string;
  readonly content: string;
}
