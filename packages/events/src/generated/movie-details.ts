/* Generated from schemas/movie-details.v1.json by `npm run generate`; do not edit. */

/**
 * The facts of a film, as TMDb told them at ce_time. What TMDb does not know is null.
 */
export interface MovieDetails {
  /**
   * The film's opaque id: its TMDb number as text, or a UUID for a film that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * The number TMDb gives it; null when it does not come from TMDb.
   */
  tmdbId: number | null;
  /**
   * IMDb's id of the film, for example tt0133093.
   */
  imdbId: string | null;
  /**
   * Title in the language that TMDb was asked in.
   */
  title: string;
  /**
   * Title in the original language.
   */
  originalTitle: string;
  /**
   * Language the film was made in, ISO 639.
   */
  originalLanguage: string | null;
  /**
   * Synopsis.
   */
  overview: string | null;
  /**
   * Line on the poster.
   */
  tagline: string | null;
  /**
   * Where production stands: Rumored, Planned, In Production, Post Production, Released or Canceled.
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
   * Address of the film's own site.
   */
  homepage: string | null;
  /**
   * TMDb's popularity score; grows with the attention a film gets, without an upper bound.
   */
  popularity: number;
  /**
   * Whether the film is pornographic.
   */
  adult: boolean;
  /**
   * Whether the film is softcore; null in answers that do not say.
   */
  softcore: boolean | null;
  /**
   * Whether it is a video rather than a film, for example a compilation or a recorded concert.
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
   * Companies that produced the film, in TMDb's order.
   */
  productionCompanies: ProductionCompany[];
  /**
   * Countries in which the film was produced, in TMDb's order.
   */
  productionCountries: ProductionCountry[];
  /**
   * Codes of the countries that the film comes from, in TMDb's order.
   *
   * Items: ISO 3166-1 alpha-2 code, or the reserved code TMDb uses for a country that is no more.
   */
  originCountries: string[];
  /**
   * Languages spoken in the film, in TMDb's order.
   */
  spokenLanguages: SpokenLanguage[];
  /**
   * The series of films that this one belongs to.
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
 * A company that produced the film.
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
 * A country in which the film was produced.
 */
export interface ProductionCountry {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code TMDb uses for a country that is no more.
   */
  code: string;
  /**
   * Name of the country in English.
   */
  name: string;
}
/**
 * A language spoken in the film.
 */
export interface SpokenLanguage {
  /**
   * ISO 639 code in lower case; TMDb uses xx for no language and cn for Cantonese.
   */
  code: string;
  /**
   * Name of the language in itself.
   */
  name: string | null;
  /**
   * Name of the language in English.
   */
  englishName: string | null;
}
/**
 * A series of films.
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
 * Ids of the film elsewhere.
 */
export interface ExternalIds {
  /**
   * Wikidata's id of the film, for example Q83495.
   */
  wikidataId: string | null;
  /**
   * Name of the film's page on Facebook.
   */
  facebookId: string | null;
  /**
   * Name of the film's account on Instagram.
   */
  instagramId: string | null;
  /**
   * Name of the film's account on X, formerly Twitter.
   */
  twitterId: string | null;
}
/**
 * A release of the film in one country.
 */
export interface Release {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code TMDb uses for a country that is no more.
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
   * Rating by the country's film board, for example R or 16.
   */
  certification: string | null;
  /**
   * Remark, for example the festival or the broadcaster.
   */
  note: string | null;
  /**
   * Language of the release; null when unknown, absent in events from before it was told.
   */
  language?: string | null;
  /**
   * What the certification warns of, in TMDb's order; absent in events from before it was told.
   */
  descriptors?: string[];
}
