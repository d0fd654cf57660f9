import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';

/** An object that JSON text has as it was written (https://github.com/tc39/proposal-json-parse-with-source). */
export interface RawJson {
  readonly rawJSON: string;
}

/** TypeScript's library does not have the proposal yet. */
const json = JSON as unknown as {
  rawJSON(text: string): RawJson;
  isRawJSON(value: unknown): value is RawJson;
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
};

export const isRawJson = json.isRawJSON;

/** A number as its text says: a double where that has the same text, else the text itself. */
export function exactNumber(text: string): number | RawJson {
  const value = Number(text);
  return String(value) === text ? value : json.rawJSON(text);
}

/**
 * A number outside of strings that a double may have another text than: of 16 characters, with an exponent, with a zero at its end, below
 * 0.000001, or minus zero. It may find one in a string, too, which costs time and changes nothing.
 */
const INEXACT = /[:,[\s]-?(?:\d[\d.]{15}|\d+\.\d*0(?=[\s,\]}])|\d+(?:\.\d+)?[eE][-+\d]|0\.000000)|[:,[\s]-0(?![\d.])/;

/** Returns true when JSON text may have numbers that parsing changes. */
export const hasInexactNumber = (text: string): boolean => INEXACT.test(text);

/** Numbers of one text that are kept as text: each takes about 100 bytes. */
const MAX_RAW = 1_000_000;

/**
 * Parses JSON text as `JSON.parse` does, with numbers that a double cannot represent as {@link RawJson}, which `JSON.stringify` writes as they
 * were.
 *
 * @throws RangeError when there are too many of them, or the text is nested too deep
 */
export function parseExact(text: string): unknown {
  let count = 0;
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
    count += 1;
    if (count > MAX_RAW) throw new RangeError(`More than ${MAX_RAW} numbers would change.`);
    return json.rawJSON(source);
  });
}

/** The digits of an integer, however large; undefined of anything else. */
export function integerText(value: unknown): string | undefined {
  const text = isRawJson(value) ? value.rawJSON : undefined;
  if (text !== undefined && isDigits(text)) return text;
  const number = text === undefined ? value : Number(text);
  return Number.isInteger(number) ? String(number) : undefined;
}

const isDigits = (text: string) => /^-?\d+$/.test(text);

/**
 * A copy of a JSON value, for which `structuredClone` knows no raw JSON. The copy shares with the value what is deeper than values may be:
 * nothing changes that.
 */
export function cloneJson<Value>(value: Value, levels = MAX_JSON_DEPTH): Value {
  if (typeof value !== 'object' || value === null || levels === 0 || isRawJson(value)) return value;
  if (Array.isArray(value)) return value.map((item) => cloneJson(item, levels - 1)) as Value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, cloneJson(member, levels - 1)]),
  ) as Value;
}
