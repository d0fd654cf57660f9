import type { ObservedMovie } from './movie.ts';

/**
 * What can be written of a film: its single values, and its lists in their order, which name what they hold by TMDb's numbers and by
 * codes. What is not known is null.
 */
export interface MovieContent {
  readonly title: string;
  readonly originalTitle: string;
  readonly originalLanguage: string | null;
  readonly overview: string | null;
  readonly tagline: string | null;
  readonly status: string | null;
  /** `YYYY-MM-DD`. */
  readonly releaseDate: string | null;
  readonly runtime: number | null;
  readonly budget: number | null;
  readonly revenue: number | null;
  readonly homepage: string | null;
  readonly imdbId: string | null;
  readonly wikidataId: string | null;
  readonly facebookId: string | null;
  readonly instagramId: string | null;
  readonly twitterId: string | null;
  readonly popularity: number;
  readonly posterPath: string | null;
  readonly backdropPath: string | null;
  readonly adult: boolean;
  readonly softcore: boolean | null;
  readonly video: boolean;
  readonly collectionId: number | null;
  readonly genreIds: readonly number[];
  readonly keywordIds: readonly number[];
  readonly productionCompanyIds: readonly number[];
  readonly productionCountryCodes: readonly string[];
  readonly originCountryCodes: readonly string[];
  readonly spokenLanguageCodes: readonly string[];
  readonly releases: readonly WrittenRelease[];
}

/** A release as it is written. */
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
export type MovieListField = {
  [Field in MovieField]: MovieContent[Field] extends readonly unknown[] ? Field : never;
}[MovieField];

/** A film as it is kept, whole. */
export interface KeptMovie {
  readonly id: string;
  readonly tmdbId: number | null;
  /** When TMDb was asked for it; null for a film that a client made. */
  readonly observedAt: Date | null;
  readonly content: MovieContent;
}

/** What an observation says of all that can be written. */
export function contentOf(observed: ObservedMovie): MovieContent {
  const { wikidataId, facebookId, instagramId, twitterId } = observed.externalIds;
  return {
    title: observed.title,
    originalTitle: observed.originalTitle,
    originalLanguage: observed.originalLanguage,
    overview: observed.overview,
    tagline: observed.tagline,
    status: observed.status,
    releaseDate: observed.releaseDate,
    runtime: observed.runtime,
    budget: observed.budget,
    revenue: observed.revenue,
    homepage: observed.homepage,
    imdbId: observed.imdbId,
    wikidataId,
    facebookId,
    instagramId,
    twitterId,
    popularity: observed.popularity,
    posterPath: observed.posterPath,
    backdropPath: observed.backdropPath,
    adult: observed.adult,
    softcore: observed.softcore,
    video: observed.video,
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
}

/** The fields in which two contents differ. */
export function differences(one: MovieContent, other: MovieContent): readonly MovieField[] {
  return (Object.keys(one) as MovieField[]).filter(
    (field) => JSON.stringify(ordered(one[field])) !== JSON.stringify(ordered(other[field])),
  );
}

/** Releases are the only values with members: in whatever order those were read, they are compared in one. */
function ordered(value: MovieContent[MovieField]): unknown {
  if (!Array.isArray(value)) return value;
  return value.map((item: unknown) =>
    typeof item === 'object' && item !== null
      ? Object.entries(item).toSorted(([one], [other]) => (one < other ? -1 : 1))
      : item,
  );
}

/** These fields of a content. */
export function pick(content: MovieContent, fields: Iterable<MovieField>): Partial<MovieContent> {
  return Object.fromEntries([...fields].map((field) => [field, content[field]]));
}
