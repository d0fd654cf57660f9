import { isTooDeep } from '@marquee/graphql-over-http/json-depth';

/** Length from which a regular expression searches a string faster than a loop over its characters. */
const SHORT = 48;

/** Characters that JSON text must escape (RFC 8259, section 7), and halves of surrogate pairs, which `JSON.stringify` escapes too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON text must escape them
const ESCAPED = /[\u0000-\u001f"\\\ud800-\udfff]/;

/** Returns a string as JSON text, as `JSON.stringify` does, but faster for strings without escapes. */
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
 * Returns true when JSON text has no escapes, so that its strings can be copied into other JSON text.
 *
 * @param text decoded from bytes, so that it has no halves of surrogate pairs
 */
export const isPlainText = (text: string): boolean => !text.includes('\\');

/** Returns a value of parsed JSON as JSON text; `null` for undefined, and undefined for a value that is nested too deeply. */
export function jsonText(value: unknown): string | undefined {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'number':
      // JSON text may have a number beyond the range of doubles, which is parsed as infinity.
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return String(value);
    default:
      if (value == null) return 'null';
      return isTooDeep(value) ? undefined : JSON.stringify(value);
  }
}
