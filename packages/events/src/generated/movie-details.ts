/* Generated from schemas/movie-details.v1.json by `npm run generate`; do not edit. */

/**
 * Facts of a movie, as TMDb returned them at ce_time. A value that TMDb does not have is null.
 */
export interface MovieDetails {
  /**
   * The movie's opaque id: its TMDb number as text, or a UUID for a movie that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * TMDb's number; null for an entity that does not come from TMDb.
   */
  tmdbId: number | null;
  /**
   * IMDb's id of the movie, for example tt0133093.
   */
  imdbId: string | null;
  /**
   * Title in the language of the request to TMDb.
   */
  title: string;
  /**
   * Title in the original language.
   */
  originalTitle: string;
  /**
   * Original language of the movie, ISO 639.
   */
  originalLanguage: string | null;
  /**
   * Synopsis.
   */
  overview: string | null;
  /**
   * Tagline of the poster.
   */
  tagline: string | null;
  /**
   * State of production: Rumored, Planned, In Production, Post Production, Released or Canceled.
   */
  status: string | null;
  /**
   * Day of the first release, YYYY-MM-DD.
   */
  releaseDate: string | null;
  /**
   * Length in minutes.
   */
  runtime: number | null;
  /**
   * Budget in US dollars.
   */
  budget: number | null;
  /**
   * Revenue in US dollars.
   */
  revenue: number | null;
  /**
   * Address of the movie's own site.
   */
  homepage: string | null;
  /**
   * TMDb's popularity score, without an upper bound; it grows with the attention that a movie gets.
   */
  popularity: number;
  /**
   * True for a pornographic movie.
   */
  adult: boolean;
  /**
   * True for a softcore movie; null when TMDb's response does not have it.
   */
  softcore: boolean | null;
  /**
   * True for a video rather than a movie, for example a compilation or a recorded concert.
   */
  video: boolean;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  posterPath: string | null;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  backdropPath: string | null;
  /**
   * Genres, in TMDb's order.
   */
  genres: Genre[];
  /**
   * Companies that produced the movie, in TMDb's order.
   */
  productionCompanies: ProductionCompany[];
  /**
   * Countries in which the movie was produced, in TMDb's order.
   */
  productionCountries: ProductionCountry[];
  /**
   * Codes of the movie's countries of origin, in TMDb's order.
   *
   * Items: ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  originCountries: string[];
  /**
   * Languages spoken in the movie, in TMDb's order.
   */
  spokenLanguages: SpokenLanguage[];
  /**
   * The series of movies that this one belongs to.
   */
  collection: Collection | null;
  /**
   * Keywords, in TMDb's order.
   */
  keywords: Keyword[];
  externalIds: ExternalIds;
  /**
   * Releases by country, with certifications.
   */
  releases: Release[];
}
/**
 * A genre.
 */
export interface Genre {
  /**
   * TMDb's number of the genre.
   */
  id: number;
  /**
   * Name of the genre.
   */
  name: string;
}
/**
 * A company that produced the movie.
 */
export interface ProductionCompany {
  /**
   * TMDb's number of the company.
   */
  id: number;
  /**
   * Name of the company.
   */
  name: string;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  logoPath: string | null;
  /**
   * Country of the company.
   */
  originCountry: string | null;
}
/**
 * A country in which the movie was produced.
 */
export interface ProductionCountry {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  code: string;
  /**
   * Name of the country in English.
   */
  name: string;
}
/**
 * A language spoken in the movie.
 */
export interface SpokenLanguage {
  /**
   * ISO 639 code in lower case; TMDb uses xx for no language and cn for Cantonese.
   */
  code: string;
  /**
   * Name of the language in that language.
   */
  name: string | null;
  /**
   * Name of the language in English.
   */
  englishName: string | null;
}
/**
 * A series of movies.
 */
export interface Collection {
  /**
   * TMDb's number of the collection.
   */
  id: number;
  /**
   * Name of the collection.
   */
  name: string;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  posterPath: string | null;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  backdropPath: string | null;
}
/**
 * A keyword.
 */
export interface Keyword {
  /**
   * TMDb's number of the keyword.
   */
  id: number;
  /**
   * Name of the keyword.
   */
  name: string;
}
/**
 * Ids of the movie on other sites.
 */
export interface ExternalIds {
  /**
   * Wikidata's id of the movie, for example Q83495.
   */
  wikidataId: string | null;
  /**
   * Name of the movie's page on Facebook.
   */
  facebookId: string | null;
  /**
   * Name of the movie's account on Instagram.
   */
  instagramId: string | null;
  /**
   * Name of the movie's account on X, formerly Twitter.
   */
  twitterId: string | null;
}
/**
 * A release of the movie in one country.
 */
export interface Release {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  country: string;
  /**
   * Kind of release: 1 premiere, 2 limited theatrical, 3 theatrical, 4 digital, 5 physical, 6 television.
   */
  type: number;
  /**
   * Day of the release, at midnight UTC.
   */
  date: string;
  /**
   * Age rating in the country, for example R or 16.
   */
  certification: string | null;
  /**
   * Remark, for example the festival or the broadcaster.
   */
  note: string | null;
  /**
   * Language of the release; null when unknown, absent in older events.
   */
  language?: string | null;
  /**
   * Content that the certification warns of, in TMDb's order; absent in older events.
   */
  descriptors?: string[];
}
