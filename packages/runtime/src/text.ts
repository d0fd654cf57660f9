/**
 * A visible character. Others are spaces, controls, formats such as zero-width joiners, fillers, and the Braille pattern without dots:
 * https://www.unicode.org/reports/tr44/ (White_Space, Cc, Cf, Default_Ignorable_Code_Point).
 */
const VISIBLE = /[^\s\p{White_Space}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Returns true for a text without visible characters. */
export function isBlank(text: string): boolean {
  return !VISIBLE.test(text);
}

/** Returns true for a text that Postgres can hold: it has neither U+0000 nor halves of surrogate pairs. */
export function isStorableText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}
