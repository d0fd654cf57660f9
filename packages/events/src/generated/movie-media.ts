/* Generated from schemas/movie-media.v1.json by `npm run generate`; do not edit. */

/**
 * Images, videos, translations, alternative titles, watch providers and recommendations of a movie, as TMDb returned them at ce_time. A list is empty when TMDb has nothing.
 */
export interface MovieMedia {
  /**
   * The movie's opaque id: its TMDb number as text, or a UUID for a movie that a client created. Equals the record's key and ce_subject.
   */
  movieId: string;
  /**
   * Posters, backdrops and logos, each kind in TMDb's order.
   *
   * @maxItems 15000
   */
  images: MovieImage[];
  /**
   * Videos on other sites, such as trailers, in TMDb's order.
   *
   * @maxItems 2000
   */
  videos: MovieVideo[];
  /**
   * Translated texts, in TMDb's order.
   *
   * @maxItems 1000
   */
  translations: MovieTranslation[];
  /**
   * Titles in other countries, in TMDb's order.
   *
   * @maxItems 2000
   */
  alternativeTitles: AlternativeTitle[];
  /**
   * Every provider that a watch option names, once.
   *
   * @maxItems 5000
   */
  watchProviders: WatchProvider[];
  /**
   * Offers to watch the movie, by country. The data is JustWatch's.
   *
   * @maxItems 676
   */
  watchOptions: WatchOptions[];
  /**
   * TMDb numbers, as text, of the movies that TMDb recommends, the best first.
   *
   * @maxItems 1000
   *
   * Items: The movie's opaque id: its TMDb number as text, or a UUID for a movie that a client created. Equals the record's key and ce_subject.
   */
  recommendedIds: string[];
}
/**
 * A picture of the movie.
 */
export interface MovieImage {
  /**
   * Kind of picture.
   */
  kind: 'POSTER' | 'BACKDROP' | 'LOGO';
  /**
   * Path below TMDb's image base address and a size, with a leading slash.
   */
  path: string;
  /**
   * Language of the text in the picture; null without text.
   */
  language: string | null;
  /**
   * Country for which the picture was made; null when unknown.
   */
  country: string | null;
  /**
   * Width of the original in pixels; null when unknown.
   */
  width: number | null;
  /**
   * Height of the original in pixels; null when unknown.
   */
  height: number | null;
  /**
   * Width divided by height, as TMDb rounds it.
   */
  aspectRatio: number | null;
  /**
   * Mean of the votes on the picture, 0 to 10; null without votes.
   */
  voteAverage: number | null;
  /**
   * Number of votes on the picture.
   */
  voteCount: number;
}
/**
 * A video on another site.
 */
export interface MovieVideo {
  /**
   * TMDb's id of the video.
   */
  id: string;
  /**
   * Site that hosts the video, for example YouTube.
   */
  site: string;
  /**
   * Id of the video on that site.
   */
  key: string;
  /**
   * Kind of video, for example Trailer, Teaser, Clip or Featurette.
   */
  type: string;
  /**
   * Title of the video.
   */
  name: string | null;
  /**
   * Language of the video; null when unknown.
   */
  language: string | null;
  /**
   * Country of the video; null when unknown.
   */
  country: string | null;
  /**
   * True when the studio published the video; null when unknown.
   */
  official: boolean | null;
  /**
   * Vertical resolution in pixels, for example 1080; null when unknown.
   */
  size: number | null;
  /**
   * When the site published the video; null when unknown.
   */
  publishedAt: string | null;
}
/**
 * Texts in one language. A text that TMDb does not have in the language is null; the title is null when it equals the original title, too.
 */
export interface MovieTranslation {
  /**
   * ISO 639 code in lower case; TMDb uses xx for no language and cn for Cantonese.
   */
  language: string;
  /**
   * Country of the language's variant; null when unknown.
   */
  country: string | null;
  /**
   * Name of the language in that language.
   */
  name: string | null;
  /**
   * Name of the language in English.
   */
  englishName: string | null;
  /**
   * Translated title.
   */
  title: string | null;
  /**
   * Translated synopsis.
   */
  overview: string | null;
  /**
   * Translated tagline.
   */
  tagline: string | null;
  /**
   * Address of the movie's site in the language.
   */
  homepage: string | null;
  /**
   * Length in minutes of the version in the language; null when unknown.
   */
  runtime: number | null;
}
/**
 * A title of the movie in a country.
 */
export interface AlternativeTitle {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  country: string;
  /**
   * The title.
   */
  title: string;
  /**
   * Remark of TMDb's about the use of the title, for example DVD title.
   */
  type: string | null;
}
/**
 * A service on which movies are watched.
 */
export interface WatchProvider {
  /**
   * TMDb's number of the provider.
   */
  id: number;
  /**
   * Name of the provider.
   */
  name: string;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  logoPath: string | null;
}
/**
 * Offers in one country.
 */
export interface WatchOptions {
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  country: string;
  /**
   * Page of TMDb with the links to the providers.
   */
  link: string | null;
  /**
   * Offers, by kind and in TMDb's order.
   *
   * @maxItems 1500
   */
  offers: WatchOffer[];
}
/**
 * An offer of one provider.
 */
export interface WatchOffer {
  /**
   * FLATRATE: with a subscription; FREE; ADS: free with advertisements; RENT; BUY.
   */
  kind: 'FLATRATE' | 'FREE' | 'ADS' | 'RENT' | 'BUY';
  /**
   * TMDb's number of the provider, one of watchProviders.
   */
  providerId: number;
  /**
   * Place of the provider in lists of the country, the smallest first.
   */
  displayPriority: number;
}
