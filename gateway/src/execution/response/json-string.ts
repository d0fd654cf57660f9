import { isTooDeep } from '@marquee/graphql-over-http/json-depth';

/** Beyond this a string is searched by a regular expression rather than character by character. */
const SHORT = 48;

/** Characters that JSON text must escape (RFC 8259, section 7), and halves of surrogate pairs, which `JSON.stringify` escapes too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** A string as JSON text: what `JSON.stringify` makes of it, sooner for strings in which nothing is to be escaped. */
export function jsonString(value: string): string {
  const { length } = value;
  if (length < SHORT) {
    for (let index = 0; index < length; index++) {
      const code = value.charCodeAt(index);
      if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff)) return JSON.stringify(value);
    }
    return `"${value}"`;
  }
  return ESCAPED.test(value) ? JSON.stringify(value) : `"${value}"`;
}

/**
 * Returns true when nothing in JSON text is escaped: its strings need no escapes, and may be copied into other JSON text.
 *
 * @param text decoded from bytes, so that it has no halves of surrogate pairs
 */
export const isPlainText = (text: string): boolean => !text.includes('\\');

/** Any value that came as JSON, as JSON text again; `null` for what is absent, undefined for a value with too many levels. */
export function jsonText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'number':
      // JSON has no other numbers: one beyond doubles is null.
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    default:
      if (value == null) return 'null';
      return isTooDeep(value) ? undefined : JSON.stringify(value);
  }
}
