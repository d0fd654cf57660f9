import type { TmdbMedia } from './tmdb-media.ts';

/**
 * TMDb's response bodies, reduced to the fields and values that an event can hold. Absent fields are null or empty already, since
 * responses of different years differ: TMDb added `origin_country` in 2024 and `softcore` in 2026, and old reviews have no
 * `author_details`. Blank texts are null, timestamps are RFC 3339 in UTC; unknown quantities are still `0`.
 * Source: https://developer.themoviedb.org/reference/movie-details and the pages beside it.
 */
export interface TmdbMovie extends TmdbMedia {
  readonly id: number;
  readonly imdb_id: string | null;
  readonly title: string | null;
  readonly original_title: string | null;
  readonly original_language: string | null;
  readonly overview: string | null;
  readonly tagline: string | null;
  readonly status: string | null;
  readonly release_date: string | null;
  readonly runtime: number | null;
  readonly budget: number | null;
  readonly revenue: number | null;
  readonly homepage: string | null;
  readonly popularity: number | null;
  readonly adult: boolean | null;
  readonly softcore: boolean | null;
  readonly video: boolean | null;
  readonly poster_path: string | null;
  readonly backdrop_path: string | null;
  readonly vote_average: number | null;
  readonly vote_count: number | null;
  readonly genres: readonly { readonly id: number; readonly name: string }[];
  readonly production_companies: readonly TmdbCompany[];
  readonly production_countries: readonly { readonly iso_3166_1: string; readonly name: string }[];
  readonly origin_country: readonly string[];
  readonly spoken_languages: readonly TmdbLanguage[];
  readonly belongs_to_collection: TmdbCollection | null;
  readonly keywords: readonly { readonly id: number; readonly name: string }[];
  readonly external_ids: TmdbExternalIds | null;
  readonly release_dates: readonly { readonly iso_3166_1: string; readonly release_dates: readonly TmdbRelease[] }[];
}

export interface TmdbCompany {
  readonly id: number;
  readonly name: string;
  readonly logo_path: string | null;
  readonly origin_country: string | null;
}

export interface TmdbLanguage {
  readonly iso_639_1: string;
  readonly name: string | null;
  readonly english_name: string | null;
}

export interface TmdbCollection {
  readonly id: number;
  readonly name: string;
  readonly poster_path: string | null;
  readonly backdrop_path: string | null;
}

export interface TmdbExternalIds {
  readonly wikidata_id: string | null;
  readonly facebook_id: string | null;
  readonly instagram_id: string | null;
  readonly twitter_id: string | null;
}

export interface TmdbRelease {
  readonly type: number;
  readonly release_date: string;
  readonly certification: string | null;
  readonly note: string | null;
  readonly iso_639_1: string | null;
  readonly descriptors: readonly string[];
}

/** A person in a cast or crew. `gender`: 0 unknown, 1 female, 2 male, 3 non-binary. */
export interface TmdbCreditedPerson {
  readonly id: number;
  readonly name: string;
  readonly original_name: string | null;
  readonly gender: number | null;
  readonly known_for_department: string | null;
  readonly profile_path: string | null;
  readonly popularity: number | null;
  readonly adult: boolean | null;
  readonly credit_id: string;
}

export interface TmdbCastCredit extends TmdbCreditedPerson {
  readonly cast_id: number | null;
  readonly character: string | null;
  /** Position in the billing, from 0. */
  readonly order: number | null;
}

export interface TmdbCrewCredit extends TmdbCreditedPerson {
  readonly department: string;
  readonly job: string;
}

export interface TmdbCredits {
  /** TMDb number of the movie, where the response has it. */
  readonly id: number | null;
  readonly cast: readonly TmdbCastCredit[];
  readonly crew: readonly TmdbCrewCredit[];
}

export interface TmdbReview {
  readonly id: string;
  readonly author: string | null;
  readonly author_details: {
    readonly name: string | null;
    readonly username: string | null;
    readonly avatar_path: string | null;
    readonly rating: number | null;
  } | null;
  readonly content: string;
  readonly url: string | null;
  readonly created_at: string;
  readonly updated_at: string | null;
}

/** A page of at most 20 reviews; `total_pages` is 0 without reviews. */
export interface TmdbReviewPage {
  /** TMDb number of the movie, where the response has it. */
  readonly id: number | null;
  readonly results: readonly TmdbReview[];
  readonly total_pages: number | null;
}

/** A page of a list of movies, reduced to the ids. */
export interface TmdbMovieListPage {
  readonly results: readonly { readonly id: number }[];
  readonly total_pages: number | null;
  readonly total_results: number | null;
}
