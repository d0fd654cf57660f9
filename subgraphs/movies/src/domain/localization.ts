import type { Movie } from './movie.ts';
import type { MovieTranslation } from './movie-media.ts';

/** A BCP 47 language tag of a language and perhaps a country. */
export interface LanguageTag {
  /** ISO 639, in lower case. */
  readonly language: string;
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
}

/** A text, and the tag of the translation that it comes from; null for the movie's own text. */
export interface LocalizedText {
  readonly text: string;
  readonly language: string | null;
}

export type LocalizedMovie = Readonly<Record<'overview' | 'tagline' | 'homepage', LocalizedText | null>> & {
  readonly title: LocalizedText;
};

type Texts = Pick<Movie, 'title' | 'originalTitle' | 'originalLanguage' | 'overview' | 'tagline' | 'homepage'>;

/** Parses `language` or `language-COUNTRY`, in any case (RFC 5646, section 2.1.1); undefined for other text. */
export function parseLanguageTag(text: string): LanguageTag | undefined {
  const [, language, country] = /^([a-z]{2,3})(?:-([a-z]{2}))?$/i.exec(text) ?? [];
  if (language === undefined) return undefined;
  return { language: language.toLowerCase(), country: country?.toUpperCase() ?? null };
}

/**
 * Returns each text in the first of the languages that has it. A tag without a country stands for all variants of the language, that of
 * its most likely country first.
 *
 * A translation without a title has the original title when it is in the original language: TMDb does not repeat it there.
 */
export function localize(
  movie: Texts,
  translations: readonly MovieTranslation[],
  tags: readonly LanguageTag[],
): LocalizedMovie {
  const preferred = tags.flatMap((tag) => variantsOf(tag, translations));
  const find = (field: 'overview' | 'tagline' | 'homepage'): LocalizedText | null => {
    const translation = preferred.find((each) => each[field] !== null);
    return localized(translation?.[field], translation) ?? localized(movie[field]);
  };
  return {
    title: titleOf(movie, translations, tags),
    overview: find('overview'),
    tagline: find('tagline'),
    homepage: find('homepage'),
  };
}

function titleOf(movie: Texts, translations: readonly MovieTranslation[], tags: readonly LanguageTag[]): LocalizedText {
  for (const tag of tags) {
    const isOriginal = tag.language === movie.originalLanguage;
    if (isOriginal && tag.country === null) return { text: movie.originalTitle, language: tag.language };
    for (const translation of variantsOf(tag, translations)) {
      const text = translation.title ?? (isOriginal ? movie.originalTitle : null);
      if (text !== null) return { text, language: tagOf(translation) };
    }
  }
  return { text: movie.title, language: null };
}

function localized(text: string | null | undefined, translation?: MovieTranslation): LocalizedText | null {
  return text == null ? null : { text, language: translation === undefined ? null : tagOf(translation) };
}

function variantsOf({ language, country }: LanguageTag, translations: readonly MovieTranslation[]) {
  const variants = translations.filter((translation) => translation.language === language);
  if (country !== null) return variants.filter((translation) => translation.country === country);
  const likely = new Intl.Locale(language).maximize().region;
  return variants.toSorted((one, other) => Number(other.country === likely) - Number(one.country === likely));
}

function tagOf({ language, country }: LanguageTag): string {
  return country === null ? language : `${language}-${country}`;
}
