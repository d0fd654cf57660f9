import type { MovieFacts, PersonFacts } from './catalogue-format.ts';
import type { CatalogueMedia } from './catalogue-media.ts';

/** Read-only map whose values may be computed on each access. */
export interface Lookup<Key, Value> {
  readonly size: number;
  get(key: Key): Value | undefined;
  keys(): Iterable<Key>;
  values(): Iterable<Value>;
}

/** Movies and persons that the emulator serves, and everything that they refer to. */
export interface Catalogue {
  readonly genres: ReadonlyMap<number, string>;
  readonly countries: ReadonlyMap<string, string>;
  readonly languages: ReadonlyMap<string, { readonly name: string; readonly englishName: string }>;
  readonly collections: Pick<Lookup<number, string>, 'get'>;
  readonly companies: Pick<Lookup<number, string>, 'get'>;
  readonly people: Lookup<number, CataloguePerson>;
  readonly movies: Lookup<number, CatalogueMovie>;
  /** Returns the number of a keyword. */
  keywordId(keyword: string): number;
  /** Returns the department that a person is known for; undefined without any credit. */
  knownFor(personId: number): string | undefined;
  /** Returns the movies that lists and searches consider: all, or the most popular ones of a catalogue that is too large to sort. */
  listed(): Iterable<CatalogueMovie>;
}

export interface CataloguePerson {
  readonly id: number;
  readonly name: string;
  /** TMDb's number: 0 unknown, 1 female, 2 male, 3 non-binary. */
  readonly gender: number;
  /** Absent for a person of whom nothing else is known. */
  readonly facts?: PersonFacts | undefined;
}

export interface CatalogueMovie {
  readonly id: number;
  readonly facts: MovieFacts;
  readonly releases: readonly CatalogueRelease[];
  readonly cast: readonly { readonly personId: number; readonly character: string; readonly order: number }[];
  readonly crew: readonly { readonly personId: number; readonly department: string; readonly job: string }[];
  readonly reviews: readonly CatalogueReview[];
  readonly media?: CatalogueMedia;
}

/** Returns a copy of a movie whose values are its own properties, also where it computes them. */
export function plainMovie({ id, facts, releases, cast, crew, reviews, media }: CatalogueMovie): CatalogueMovie {
  return { id, facts, releases, cast, crew, reviews, ...(media && { media: plainMedia(media) }) };
}

function plainMedia(media: CatalogueMedia): CatalogueMedia {
  const { images, videos, translations, alternativeTitles, offers, recommendations } = media;
  return { images, videos, translations, alternativeTitles, offers, recommendations };
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
