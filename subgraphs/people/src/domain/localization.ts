import type { PersonTranslation } from './person-details.ts';

/** A text, and the tag of the translation that it comes from; null for the person's own text. */
export interface LocalizedText {
  readonly text: string;
  readonly language: string | null;
}

/** A BCP 47 language tag of a language and perhaps a country. */
export interface LanguageTag {
  /** ISO 639, in lower case. */
  readonly language: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

/** Parses `language` or `language-COUNTRY`, in any case (RFC 5646, section 2.1.1); undefined for other text. */
export function parseLanguageTag(text: string): LanguageTag | undefined {
  const [, language, country] = /^([a-z]{2,3})(?:-([a-z]{2}))?$/i.exec(text) ?? [];
  if (language === undefined) return undefined;
  return { language: language.toLowerCase(), country: country?.toUpperCase() ?? null };
}

/**
 * Returns the text in the first of the languages that has it, or else the own text; null when there is none. A tag without a country
 * stands for all variants of the language, that of its most likely country first. The own text is that of `en` and `en-US`, TMDb's
 * default, so that readers of English see the edits of clients.
 */
export function localize(
  field: 'biography' | 'name',
  tags: readonly LanguageTag[],
  translations: readonly PersonTranslation[],
  own: string | null,
): LocalizedText | null {
  const ownText = own === null ? null : { text: own, language: null };
  for (const tag of tags) {
    if (ownText !== null && isDefault(tag)) return ownText;
    for (const { language, country, [field]: text } of variantsOf(tag, translations)) {
      if (text !== null) return { text, language: `${language}-${country}` };
    }
  }
  return ownText;
}

const isDefault = ({ language, country }: LanguageTag) => language === 'en' && (country === null || country === 'US');

function variantsOf({ language, country }: LanguageTag, translations: readonly PersonTranslation[]) {
  const variants = translations.filter((translation) => translation.language === language);
  if (country !== null) return variants.filter((translation) => translation.country === country);
  const likely = new Intl.Locale(language).maximize().region;
  return variants.toSorted((one, other) => Number(other.country === likely) - Number(one.country === likely));
}
