/** TMDb's bodies, as far as the tests read or write them. */
export interface Details {
  id: number;
  title: string;
  original_title: string;
  original_language: string;
  overview: string | null;
  tagline: string;
  status: string;
  release_date: string;
  runtime: number | null;
  budget: number;
  revenue: number;
  homepage: string;
  imdb_id: string | null;
  popularity: number;
  adult: boolean;
  softcore?: boolean;
  video: boolean;
  origin_country?: string[];
  poster_path: string | null;
  backdrop_path: string | null;
  vote_average: number;
  vote_count: number;
  genres: { id: number; name: string }[];
  production_companies: { id: number; name: string; logo_path: string | null; origin_country: string }[];
  production_countries: { iso_3166_1: string; name: string }[];
  spoken_languages: { english_name?: string; iso_639_1: string; name: string }[];
  belongs_to_collection: { id: number; name: string; poster_path: string | null; backdrop_path: string | null } | null;
  // Where they are appended.
  keywords?: { keywords: { id: number; name: string }[] };
  external_ids?: Record<'imdb_id' | 'wikidata_id' | 'facebook_id' | 'instagram_id' | 'twitter_id', string | null>;
  release_dates?: { results: { iso_3166_1: string; release_dates: Release[] }[] };
  images?: Record<'posters' | 'backdrops' | 'logos', Image[]>;
  videos?: { results: Video[] };
  translations?: { translations: Translation[] };
  alternative_titles?: { titles: { iso_3166_1: string; title: string; type: string }[] };
  'watch/providers'?: { results: Record<string, WatchOptions> };
  recommendations?: { results: { id: number }[] };
}

export interface Image {
  aspect_ratio: number;
  file_path: string;
  height: number;
  iso_3166_1?: string | null;
  iso_639_1: string | null;
  vote_average: number;
  vote_count: number;
  width: number;
}

export interface Video {
  id: string;
  iso_3166_1?: string;
  iso_639_1?: string;
  key: string;
  name: string;
  official?: boolean;
  published_at?: string;
  site: string;
  size?: number;
  type: string;
}

export interface Translation {
  iso_3166_1: string;
  iso_639_1: string;
  name: string;
  english_name: string;
  data: { homepage: string; overview: string; runtime: number; tagline: string; title: string };
}

export interface WatchOptions {
  link: string;
  flatrate?: WatchOffer[];
  free?: WatchOffer[];
  ads?: WatchOffer[];
  rent?: WatchOffer[];
  buy?: WatchOffer[];
}

export interface WatchOffer {
  display_priority: number;
  logo_path: string | null;
  provider_id: number;
  provider_name: string;
}

/** Names of the parts that TMDb appends to the details on request. */
export const APPENDED = [
  'keywords',
  'external_ids',
  'release_dates',
  'images',
  'videos',
  'translations',
  'alternative_titles',
  'watch/providers',
  'recommendations',
] as const;

export interface Release {
  certification: string;
  descriptors?: string[];
  iso_639_1: string;
  note?: string;
  release_date: string;
  type: number;
}

export interface Person {
  id: number;
  name: string;
  original_name?: string;
  adult?: boolean;
  gender?: number;
  known_for_department?: string;
  popularity?: number;
  profile_path?: string | null;
}

/** TMDb's body of a person with the appended parts, of which the tests read names alone. */
export interface PersonBody extends Record<string, unknown> {
  id: number;
  name: string;
}

export interface Credits {
  id: number;
  cast: (Person & { credit_id: string; cast_id?: number; character: string; order: number })[];
  crew: (Person & { credit_id: string; department: string; job: string })[];
}

export interface Review {
  id: string;
  author: string;
  author_details?: { name: string; username: string; avatar_path: string | null; rating: number | null };
  content: string;
  created_at: string;
  updated_at?: string;
  url?: string;
}

export interface ReviewPage {
  id: number;
  page: number;
  results: Review[];
  total_pages: number;
  total_results: number;
}

/** TMDb's three bodies of a movie, with all pages of reviews in one list. */
export interface Movie {
  details: Details;
  credits: Credits;
  reviews: Review[];
}
