import { isStorableText } from '@marquee/runtime/text';
import { userInputError } from './user-input-error.ts';

/** What a cursor may hold: one sort key's value. */
export type CursorValue = string | number;

/**
 * What kind of value a sort key has, so that a forged cursor is refused before it reaches the database.
 * `date` is `YYYY-MM-DD` or one of Postgres's `infinity` and `-infinity`; `timestamp` is RFC 3339 in UTC.
 */
export type SortKey = 'text' | 'integer' | 'number' | 'date' | 'timestamp';

/** A total order of a list: its name, unique within the field it serves, and its sort keys, the last of which is unique. */
export interface Ordering {
  readonly name: string;
  readonly keys: readonly SortKey[];
}

/** Longer than any cursor that {@link encodeCursor} makes for the keys of this project. */
const MAX_CURSOR_LENGTH = 8_192;

const NOT_A_CURSOR = 'is not a cursor of this list: pass a `cursor`, `startCursor` or `endCursor` as it was returned.';

/** An opaque cursor: base64url of the JSON array of the ordering's name and the row's sort keys. */
export function encodeCursor(ordering: Ordering, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([ordering.name, ...values])).toString('base64url');
}

/**
 * The sort keys that {@link encodeCursor} put into a cursor, checked one by one.
 *
 * @param argument the name of the argument that carries it, for the message
 * @throws GraphQLError `BAD_USER_INPUT` for what is no cursor, and for a cursor of another ordering.
 */
export function decodeCursor(cursor: string, ordering: Ordering, argument = 'cursor'): readonly CursorValue[] {
  const decoded = parse(cursor);
  if (decoded === undefined) throw userInputError(`\`${argument}\` ${NOT_A_CURSOR}`);
  const [name, ...values] = decoded;
  if (name !== ordering.name) {
    throw userInputError(
      `\`${argument}\` comes from another ordering or list: keep \`orderBy\` as it was on the page that the cursor came from, or start again without a cursor.`,
    );
  }
  if (values.length !== ordering.keys.length || !ordering.keys.every((key, index) => matches(key, values[index]))) {
    throw userInputError(`\`${argument}\` ${NOT_A_CURSOR}`);
  }
  return values as CursorValue[];
}

function parse(cursor: string): unknown[] | undefined {
  if (cursor.length > MAX_CURSOR_LENGTH) return undefined;
  const bytes = Buffer.from(cursor, 'base64url');
  // Node decodes leniently; what does not encode to the same text again was not made by us.
  if (bytes.toString('base64url') !== cursor) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function matches(key: SortKey, value: unknown): boolean {
  switch (key) {
    case 'text':
      return typeof value === 'string' && isStorableText(value);
    case 'integer':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'date':
      return value === 'infinity' || value === '-infinity' || (isText(value, /^\d{4}-\d\d-\d\d$/) && isDay(value));
    case 'timestamp':
      return isText(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/) && !Number.isNaN(Date.parse(value));
  }
}

function isText(value: unknown, pattern: RegExp): value is string {
  return typeof value === 'string' && pattern.test(value);
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00.000Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}
