/* Generated from schemas/person-details.v1.json by `npm run generate`; do not edit. */

/**
 * Facts of a person, as TMDb returned them at ce_time. A value that TMDb does not have is null.
 */
export interface PersonDetails {
  /**
   * The person's opaque id: the TMDb number as text. Equals the record's key and ce_subject.
   */
  personId: string;
  /**
   * TMDb's number; null for an entity that does not come from TMDb.
   */
  tmdbId: number | null;
  /**
   * IMDb's id of the person, for example nm0000206.
   */
  imdbId: string | null;
  /**
   * Name by which the person is known.
   */
  name: string;
  /**
   * True for a person known for pornographic movies.
   */
  adult: boolean;
  /**
   * Biography in English, with line breaks.
   */
  biography: string | null;
  /**
   * Day of birth, YYYY-MM-DD.
   */
  birthday: string | null;
  /**
   * Day of death, YYYY-MM-DD.
   */
  deathday: string | null;
  /**
   * Gender; null when TMDb has none.
   */
  gender: 'FEMALE' | 'MALE' | 'NON_BINARY' | null;
  /**
   * Place of birth, in words.
   */
  placeOfBirth: string | null;
  /**
   * Other names, in TMDb's order, each once.
   *
   * Items: Another name.
   */
  alsoKnownAs: string[];
  /**
   * Address of the person's own site.
   */
  homepage: string | null;
  /**
   * Department the person is best known for, for example Acting.
   */
  knownForDepartment: string | null;
  /**
   * TMDb's popularity score of the person.
   */
  popularity: number | null;
  /**
   * Path of an image below TMDb's image base address and a size, with a leading slash; null when there is none.
   */
  profilePath: string | null;
  externalIds: PersonExternalIds;
  /**
   * Portraits, in TMDb's order.
   */
  images: PersonImage[];
  /**
   * Translations of the biography and the name, one for each language and country.
   */
  translations: PersonTranslation[];
}
/**
 * Ids of the person on other sites.
 */
export interface PersonExternalIds {
  /**
   * Machine id of the person in Freebase, which closed in 2016, for example /m/05rrtf.
   */
  freebaseMid: string | null;
  /**
   * Key of the person in Freebase.
   */
  freebaseId: string | null;
  /**
   * Number of the person at TVRage, which closed in 2017.
   */
  tvrageId: number | null;
  /**
   * Wikidata's id of the person, for example Q43416.
   */
  wikidataId: string | null;
  /**
   * Name of the person's page on Facebook.
   */
  facebookId: string | null;
  /**
   * Name of the person's account on Instagram.
   */
  instagramId: string | null;
  /**
   * Name of the person's account on TikTok.
   */
  tiktokId: string | null;
  /**
   * Name of the person's account on X, formerly Twitter.
   */
  twitterId: string | null;
  /**
   * Name of the person's channel on YouTube.
   */
  youtubeId: string | null;
}
/**
 * A portrait.
 */
export interface PersonImage {
  /**
   * Path of the image below TMDb's image base address and a size, with a leading slash.
   */
  path: string;
  /**
   * Width of the original in pixels.
   */
  width: number | null;
  /**
   * Height of the original in pixels.
   */
  height: number | null;
  /**
   * Width divided by height.
   */
  aspectRatio: number | null;
  /**
   * ISO 639-1 code of the text in the picture; null without text.
   */
  language: string | null;
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
 * A translation.
 */
export interface PersonTranslation {
  /**
   * ISO 639 code in lower case; TMDb uses xx for no language and cn for Cantonese.
   */
  language: string;
  /**
   * ISO 3166-1 alpha-2 code, or the reserved code that TMDb uses for a former country.
   */
  country: string;
  /**
   * Name of the language in the language itself.
   */
  languageName: string | null;
  /**
   * Name of the language in English.
   */
  englishName: string | null;
  /**
   * Biography in the language.
   */
  biography: string | null;
  /**
   * Name of the person in the language.
   */
  name: string | null;
}
