/**
 * TMDb's body of a person with the appended parts, reduced as the bodies of movies are (see tmdb.ts). Absent parts are empty.
 * Source: https://developer.themoviedb.org/reference/person-details and the pages beside it.
 */
export interface TmdbPerson {
  readonly id: number;
  readonly imdb_id: string | null;
  readonly name: string;
  readonly also_known_as: readonly string[];
  readonly adult: boolean | null;
  readonly biography: string | null;
  /** YYYY-MM-DD */
  readonly birthday: string | null;
  /** YYYY-MM-DD */
  readonly deathday: string | null;
  /** 0 unknown, 1 female, 2 male, 3 non-binary. */
  readonly gender: number | null;
  readonly homepage: string | null;
  readonly known_for_department: string | null;
  readonly place_of_birth: string | null;
  readonly popularity: number | null;
  readonly profile_path: string | null;
  readonly external_ids: TmdbPersonIds | null;
  readonly images: readonly TmdbProfile[];
  readonly translations: readonly TmdbPersonTranslation[];
}

export interface TmdbPersonIds {
  readonly freebase_mid: string | null;
  readonly freebase_id: string | null;
  readonly tvrage_id: number | null;
  readonly wikidata_id: string | null;
  readonly facebook_id: string | null;
  readonly instagram_id: string | null;
  readonly tiktok_id: string | null;
  readonly twitter_id: string | null;
  readonly youtube_id: string | null;
}

/** A portrait. `vote_average` is 0 without votes. */
export interface TmdbProfile {
  readonly file_path: string;
  readonly width: number | null;
  readonly height: number | null;
  readonly aspect_ratio: number | null;
  readonly iso_639_1: string | null;
  readonly vote_average: number | null;
  readonly vote_count: number | null;
}

export interface TmdbPersonTranslation {
  readonly iso_639_1: string;
  readonly iso_3166_1: string;
  /** Name of the language in the language itself. */
  readonly name: string | null;
  readonly english_name: string | null;
  readonly data: { readonly biography: string | null; readonly name: string | null } | null;
}
