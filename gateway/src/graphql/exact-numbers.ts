import { MAX_JSON_DEPTH } from '@marquee/graphql-over-http/json-depth';

/** A number with its source text (https://github.com/tc39/proposal-json-parse-with-source). */
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

/** Returns a number by its text: a double when that has the same text, else raw JSON. */
export function exactNumber(text: string): number | RawJson {
  const value = Number(text);
  return String(value) === text ? value : json.rawJSON(text);
}

/**
 * Matches a number that a double may write differently: of 16 characters, with an exponent, with a trailing zero, below
 * 0.000001, or minus zero. A false match in a string costs time and changes nothing.
 */
const INEXACT = /[:,[\s]-?(?:\d[\d.]{15}|\d+\.\d*0(?=[\s,\]}])|\d+(?:\.\d+)?[eE][-+\d]|0\.000000)|[:,[\s]-0(?![\d.])/;

/** Returns true when JSON text may have numbers that parsing changes. */
export const hasInexactNumber = (text: string): boolean => INEXACT.test(text);

/** Maximum number of raw JSON numbers in one text; each takes about 100 bytes. */
const MAX_RAW = 1_000_000;

/**
 * Parses JSON text as `JSON.parse` does, except that numbers whose text a double changes become {@link RawJson}.
 *
 * @throws RangeError when there are too many of them, or the text is nested too deeply
 */
export function parseExact(text: string): unknown {
  let count = 0;
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined || source === String(value)) return value;
    count += 1;
    if (count > MAX_RAW)
      throw new RangeError(`JSON text has more than ${MAX_RAW} numbers that a double cannot represent.`);
    return json.rawJSON(source);
  });
}

/** Returns the digits of an integer of any size; undefined for other values. */
export function integerText(value: unknown): string | undefined {
  const text = isRawJson(value) ? value.rawJSON : undefined;
  if (text !== undefined && isDigits(text)) return text;
  const number = text === undefined ? value : Number(text);
  return Number.isInteger(number) ? String(number) : undefined;
}

const isDigits = (text: string) => /^-?\d+$/.test(text);

/**
 * Returns a copy of a JSON value with its raw JSON, which `structuredClone` does not support. Values nested too deeply are
 * not copied, since nothing changes them.
 */
export function cloneJson<Value>(value: Value, levels = MAX_JSON_DEPTH): Value {
  if (typeof value !== 'object' || value === null || levels === 0 || isRawJson(value)) return value;
  if (Array.isArray(value)) return value.map((item) => cloneJson(item, levels - 1)) as Value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, cloneJson(member, levels - 1)]),
  ) as Value;
}
