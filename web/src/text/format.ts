const LOCALE = 'en';

const dates = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'long', timeZone: 'UTC' });
const numbers = new Intl.NumberFormat(LOCALE);
const dollars = new Intl.NumberFormat(LOCALE, { style: 'currency', currency: 'USD', maximumFractionDigits: 0 });
const regions = new Intl.DisplayNames(LOCALE, { type: 'region', fallback: 'code' });
const languages = new Intl.DisplayNames(LOCALE, { type: 'language', fallback: 'code' });

/** Formats a date such as `1999-03-30`, or a timestamp. */
export function formatDate(date: string): string {
  return dates.format(new Date(date));
}

export function yearOf(date: string | null | undefined): string | undefined {
  return date?.slice(0, 4);
}

export function formatNumber(value: number): string {
  return numbers.format(value);
}

export function formatDollars(value: number): string {
  return dollars.format(value);
}

/** Formats minutes as `2 h 16 min`. */
export function formatRuntime(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return [hours > 0 && `${hours} h`, minutes % 60 > 0 && `${minutes % 60} min`].filter(Boolean).join(' ');
}

/** Formats an average or a rating with one decimal. */
export function formatScore(score: number): string {
  return score.toFixed(1);
}

/** Returns the English name of a country; the code where there is none. */
export function countryName(code: string): string {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code; // Codes of countries that no longer exist have other forms.
  }
}

/** Returns the English name of a language. TMDb has the code `xx` for none, and `cn` for Cantonese. */
export function languageName(code: string): string {
  if (code === 'xx') return 'No language';
  try {
    return languages.of(code === 'cn' ? 'yue' : code) ?? code;
  } catch {
    return code;
  }
}

/** Returns the most likely country of a language tag; `US` for a tag that is none, such as `C` or `en-US@posix`. */
export function countryOf(language: string): string {
  try {
    return new Intl.Locale(language).maximize().region ?? 'US';
  } catch {
    return 'US';
  }
}
