/** ICU has the codes of ISO 3166-1, including those of former countries. */
const regions = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** Codes of TMDb's own: Czechoslovakia, East Germany, Northern Ireland (https://developer.themoviedb.org/reference/configuration-countries). */
const OF_TMDB: ReadonlySet<string> = new Set(['XC', 'XG', 'XI']);

/** Returns true for the code of a country. @param code in the form of ISO 3166-1 alpha-2 */
export function isCountryCode(code: string): boolean {
  return OF_TMDB.has(code) || regions.of(code) !== undefined;
}
