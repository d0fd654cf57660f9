/** Facts of a movie with a single value; null when unknown. */
export interface MovieFacts {
  /** TMDb's number as text for a movie from TMDb. */
  readonly id: string;
  readonly tmdbId: number | null;
  readonly imdbId: string | null;
  readonly title: string;
  readonly originalTitle: string;
  readonly originalLanguage: string | null;
  readonly overview: string | null;
  readonly tagline: string | null;
  readonly status: string | null;
  /** `YYYY-MM-DD`. */
  readonly releaseDate: string | null;
  /** Minutes, at least 1. */
  readonly runtime: number | null;
  /** US dollars, at least 1. */
  readonly budget: number | null;
  /** US dollars, at least 1. */
  readonly revenue: number | null;
  readonly homepage: string | null;
  readonly popularity: number;
  readonly adult: boolean;
  readonly softcore: boolean | null;
  readonly video: boolean;
  /** Below the image base address and a size, with a leading slash. */
  readonly posterPath: string | null;
  readonly backdropPath: string | null;
  readonly externalIds: ExternalIds;
}

/** A stored movie. */
export interface Movie extends MovieFacts {
  readonly collectionId: number | null;
  /** Time of the request to TMDb; null for a movie that a client created. */
  readonly observedAt: Date | null;
  /** Time of the last change of these facts in this subgraph. */
  readonly updatedAt: Date;
  /** Number of changes. */
  readonly version: number;
}

/** An observed movie: its facts, and its ordered lists. */
export interface ObservedMovie extends MovieFacts {
  readonly observedAt: Date;
  readonly genres: readonly Genre[];
  readonly productionCompanies: readonly Company[];
  readonly productionCountries: readonly Country[];
  /** ISO 3166-1 alpha-2. */
  readonly originCountries: readonly string[];
  readonly spokenLanguages: readonly Language[];
  readonly collection: Collection | null;
  readonly keywords: readonly Keyword[];
  readonly releases: readonly ObservedRelease[];
}

export interface ExternalIds {
  readonly wikidataId: string | null;
  readonly facebookId: string | null;
  readonly instagramId: string | null;
  readonly twitterId: string | null;
}

export interface Genre {
  readonly id: number;
  readonly name: string;
}

export interface Company {
  readonly id: number;
  readonly name: string;
  readonly logoPath: string | null;
  readonly originCountry: string | null;
}

export interface Country {
  /** ISO 3166-1 alpha-2. */
  readonly code: string;
  readonly name: string;
}

export interface Language {
  /** ISO 639-1. */
  readonly code: string;
  readonly name: string | null;
  readonly englishName: string | null;
}

export interface Keyword {
  readonly id: number;
  readonly name: string;
}

export interface Collection {
  readonly id: number;
  readonly name: string;
  readonly posterPath: string | null;
  readonly backdropPath: string | null;
}

/** A release of TMDb's. */
export interface ObservedRelease {
  readonly country: string;
  /** 1 to 6, see `ReleaseType`. */
  readonly type: number;
  /** RFC 3339; midnight UTC in TMDb. */
  readonly date: string;
  readonly certification: string | null;
  readonly note: string | null;
  /** ISO 639-1. */
  readonly language?: string | null;
  /** Contents that the certification warns of. */
  readonly descriptors?: readonly string[];
}
