import { isStorableText } from '@marquee/runtime/text';
import { isDay } from './calendar.ts';
import { userInputError } from './user-input-error.ts';

/** Value of a sort key in a cursor. */
export type CursorValue = string | number;

/**
 * The kind of a sort key's value, by which a forged cursor is refused before it reaches the database.
 * `integer` has 32 bits, as Postgres's type of that name; `bigint` is a whole number that a double holds exactly.
 * `date` is `YYYY-MM-DD` or one of Postgres's `infinity` and `-infinity`; `timestamp` is RFC 3339 in UTC.
 */
export type SortKey = 'text' | 'integer' | 'bigint' | 'number' | 'date' | 'timestamp';

/** A total order of a list: its name, unique within the field it serves, and its sort keys, the last of which is unique. */
export interface Ordering {
  readonly name: string;
  readonly keys: readonly SortKey[];
}

/** The greatest value of Postgres's `integer`; the least is -2,147,483,648. */
const MAX_INTEGER = 2_147_483_647;

/** The time of a timestamp, from the `T` on. */
const TIME = /^T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z$/;

/** More than the length of any cursor that {@link encodeCursor} returns for the keys of this project. */
const MAX_CURSOR_LENGTH = 8_192;

const NOT_A_CURSOR = 'is not a cursor of this list: pass a `cursor`, `startCursor` or `endCursor` as it was returned.';

/** Returns an opaque cursor: base64url of the JSON array of the ordering's name and the row's sort keys. */
export function encodeCursor(ordering: Ordering, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([ordering.name, ...values])).toString('base64url');
}

/**
 * Returns the sort keys in a cursor, each checked.
 *
 * @param argument the name of the cursor's argument, for the message
 * @throws GraphQLError `BAD_USER_INPUT` for an invalid cursor, and for one of another ordering
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
  // Node decodes leniently: a text that does not encode to itself again is no cursor of this server.
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
      return Number.isSafeInteger(value) && Math.abs(value as number) <= MAX_INTEGER;
    case 'bigint':
      return Number.isSafeInteger(value);
    case 'number':
      return Number.isFinite(value);
    case 'date':
      return value === 'infinity' || value === '-infinity' || (typeof value === 'string' && isDay(value));
    case 'timestamp':
      return typeof value === 'string' && isTimestamp(value);
  }
}

function isTimestamp(text: string): boolean {
  return TIME.test(text.slice(10)) && isDay(text.slice(0, 10));
}
