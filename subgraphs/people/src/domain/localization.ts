import type { PersonTranslation } from './person-details.ts';

/** Text and the BCP 47 tag of its language. */
export interface LocalizedText {
  readonly text: string;
  readonly language: string;
}

/** A language that a client reads: an ISO 639 code, and perhaps an ISO 3166-1 country. */
export interface LanguageTag {
  readonly language: string;
  readonly country: string | null;
}

/** TMDb's default language: that of a person's own biography and name. */
const OWN = 'en';

/** Parses a BCP 47 tag of a language with or without a country, regardless of case; undefined for other text. */
export function parseLanguageTag(tag: string): LanguageTag | undefined {
  const [, language, country] = /^([a-z]{2,3})(?:-([a-z]{2}))?$/i.exec(tag) ?? [];
  if (language === undefined) return undefined;
  return { language: language.toLowerCase(), country: country?.toUpperCase() ?? null };
}

/**
 * Returns the text in the first of the languages that has it, or else the own text; null when there is none. For a language without a
 * country, its own country goes first, such as fr-FR for fr. The own text is that of `en` and `en-US`.
 *
 * @param translations by country
 */
export function localize(
  field: 'biography' | 'name',
  tags: readonly LanguageTag[],
  translations: readonly PersonTranslation[],
  own: string | null,
): LocalizedText | null {
  const ownText = own === null ? null : { text: own, language: OWN };
  for (const { language, country } of tags) {
    if (ownText !== null && language === OWN && (country === null || country === 'US')) return ownText;
    const found = translations
      .filter((each) => each.language === language && (country === null || each.country === country))
      .filter((each) => each[field] !== null)
      .toSorted((a, b) => Number(isOfOwnCountry(b)) - Number(isOfOwnCountry(a)))[0];
    if (found) return { text: found[field] as string, language: `${found.language}-${found.country}` };
  }
  return ownText;
}

const isOfOwnCountry = ({ language, country }: PersonTranslation) =>
  country === (language === OWN ? 'US' : language.toUpperCase());
