/**
 * The parts that TMDb appends to a movie's details, as `tmdb.ts` describes bodies. A part is empty when the response does not have it.
 * Source: https://developer.themoviedb.org/reference/movie-images and the pages beside it.
 */
export interface TmdbMedia {
  readonly images: {
    readonly posters: readonly TmdbImage[];
    readonly backdrops: readonly TmdbImage[];
    readonly logos: readonly TmdbImage[];
  };
  readonly videos: readonly TmdbVideo[];
  readonly translations: readonly TmdbTranslation[];
  readonly alternative_titles: readonly TmdbAlternativeTitle[];
  /** Offers by country, from JustWatch. */
  readonly 'watch/providers': Readonly<Record<string, TmdbWatchOptions>>;
  readonly recommendations: readonly { readonly id: number }[];
}

export interface TmdbImage {
  readonly file_path: string;
  readonly iso_639_1: string | null;
  readonly iso_3166_1: string | null;
  readonly width: number | null;
  readonly height: number | null;
  readonly aspect_ratio: number | null;
  readonly vote_average: number | null;
  readonly vote_count: number | null;
}

export interface TmdbVideo {
  readonly id: string;
  readonly site: string;
  readonly key: string;
  readonly type: string;
  readonly name: string | null;
  readonly iso_639_1: string | null;
  readonly iso_3166_1: string | null;
  readonly official: boolean | null;
  readonly size: number | null;
  readonly published_at: string | null;
}

export interface TmdbTranslation {
  readonly iso_639_1: string;
  readonly iso_3166_1: string | null;
  readonly name: string | null;
  readonly english_name: string | null;
  /** The title is null when it equals the original title, too. */
  readonly data: {
    readonly title: string | null;
    readonly overview: string | null;
    readonly tagline: string | null;
    readonly homepage: string | null;
    readonly runtime: number | null;
  } | null;
}

export interface TmdbAlternativeTitle {
  readonly iso_3166_1: string;
  readonly title: string;
  readonly type: string | null;
}

export interface TmdbWatchOptions {
  readonly link: string | null;
  readonly flatrate: readonly TmdbWatchOffer[];
  readonly free: readonly TmdbWatchOffer[];
  readonly ads: readonly TmdbWatchOffer[];
  readonly rent: readonly TmdbWatchOffer[];
  readonly buy: readonly TmdbWatchOffer[];
}

export interface TmdbWatchOffer {
  readonly provider_id: number;
  readonly provider_name: string;
  readonly logo_path: string | null;
  readonly display_priority: number | null;
}
