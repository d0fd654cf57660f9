import type { ExternalIds, Movie, MovieFacts, ObservedMovie } from './movie.ts';

/** Single values of a movie that can be written. */
type ScalarContent = Omit<MovieFacts, 'id' | 'tmdbId' | 'externalIds'> & ExternalIds & Pick<Movie, 'collectionId'>;

/** Ordered lists of a movie, by TMDb's numbers and by codes. */
interface ListContent {
  readonly genreIds: readonly number[];
  readonly keywordIds: readonly number[];
  readonly productionCompanyIds: readonly number[];
  readonly productionCountryCodes: readonly string[];
  readonly originCountryCodes: readonly string[];
  readonly spokenLanguageCodes: readonly string[];
  readonly releases: readonly WrittenRelease[];
}

/** All values of a movie that can be written; null when unknown. */
export interface MovieContent extends ScalarContent, ListContent {}

/** A release without the entities that it names. */
export interface WrittenRelease {
  readonly country: string;
  /** 1 to 6, see `ReleaseType`. */
  readonly type: number;
  /** `YYYY-MM-DD`. */
  readonly date: string;
  readonly certification: string | null;
  readonly note: string | null;
  readonly language: string | null;
  readonly descriptors: readonly string[];
}

/** A field that can be written, and overridden. */
export type MovieField = keyof MovieContent;

/** A field that is a list. */
export type MovieListField = keyof ListContent;

/** Default values of a new movie's fields. */
const UNKNOWN: Omit<MovieContent, 'title' | 'originalTitle'> = {
  originalLanguage: null,
  overview: null,
  tagline: null,
  status: null,
  releaseDate: null,
  runtime: null,
  budget: null,
  revenue: null,
  homepage: null,
  imdbId: null,
  wikidataId: null,
  facebookId: null,
  instagramId: null,
  twitterId: null,
  popularity: 0,
  posterPath: null,
  backdropPath: null,
  adult: false,
  softcore: null,
  video: false,
  collectionId: null,
  genreIds: [],
  keywordIds: [],
  productionCompanyIds: [],
  productionCountryCodes: [],
  originCountryCodes: [],
  spokenLanguageCodes: [],
  releases: [],
};

const FIELDS = ['title', 'originalTitle', ...Object.keys(UNKNOWN)] as readonly MovieField[];

/** A stored movie with all its content. */
export interface StoredMovie {
  readonly id: string;
  readonly tmdbId: number | null;
  /** Time of the request to TMDb; null for a movie that a client created. */
  readonly observedAt: Date | null;
  readonly content: MovieContent;
}

/** Returns the content of a new movie. */
export function newContent(given: Pick<MovieContent, 'title'> & Partial<MovieContent>): MovieContent {
  return { ...UNKNOWN, originalTitle: given.title, ...given };
}

/** Returns the content of an observed movie. */
export function contentOf(observed: ObservedMovie): MovieContent {
  const content = {
    ...observed,
    ...observed.externalIds,
    collectionId: observed.collection?.id ?? null,
    genreIds: observed.genres.map(({ id }) => id),
    keywordIds: observed.keywords.map(({ id }) => id),
    productionCompanyIds: observed.productionCompanies.map(({ id }) => id),
    productionCountryCodes: observed.productionCountries.map(({ code }) => code),
    originCountryCodes: observed.originCountries,
    spokenLanguageCodes: observed.spokenLanguages.map(({ code }) => code),
    releases: observed.releases.map((release) => ({
      country: release.country,
      type: release.type,
      // The day in UTC, whatever the zone of the process.
      date: new Date(release.date).toISOString().slice(0, 10),
      certification: release.certification,
      note: release.note,
      language: release.language ?? null,
      descriptors: release.descriptors ?? [],
    })),
  };
  return pick(content, FIELDS) as MovieContent;
}

/** Returns the fields in which two contents differ. */
export function differences(one: MovieContent, other: MovieContent): readonly MovieField[] {
  return (Object.keys(one) as MovieField[]).filter(
    (field) => JSON.stringify(ordered(one[field])) !== JSON.stringify(ordered(other[field])),
  );
}

/** Sorts the members of releases, the only values with members, so that their order does not matter. */
function ordered(value: MovieContent[MovieField]): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item === 'object' && item !== null
      ? Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1))
      : item,
  );
}

/** Returns these fields of a content. */
export function pick(content: MovieContent, fields: Iterable<MovieField>): Partial<MovieContent> {
  return Object.fromEntries([...fields].map((field) => [field, content[field]]));
}
