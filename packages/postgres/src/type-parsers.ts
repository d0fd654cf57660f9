import pg from 'pg';

const { builtins, getTypeParser } = pg.types;

/** Array types that `builtins` lacks, from pg_type.dat. */
const INT8_ARRAY = 1016;
const NUMERIC_ARRAY = 1231;
const DATE_ARRAY = 1182;
const TEXT_ARRAY = 1009;

const parseTexts: (text: string) => (string | null)[] = (getTypeParser as (oid: number) => typeof parseTexts)(
  TEXT_ARRAY,
);

/**
 * Parsers of a pool, not of the whole process: int8 and numeric become numbers, a date stays `YYYY-MM-DD` (a Date would shift it by
 * the time zone), timestamptz is a Date.
 */
const PARSERS: Readonly<Record<number, (text: string) => unknown>> = {
  [builtins.INT8]: parseInt8,
  [builtins.NUMERIC]: Number,
  [builtins.DATE]: (text) => text,
  [INT8_ARRAY]: arrayOf(parseInt8),
  [NUMERIC_ARRAY]: arrayOf(Number),
  [DATE_ARRAY]: parseTexts,
};

export const typeParsers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format: 'text' | 'binary' = 'text') =>
    (format === 'text' ? PARSERS[oid] : undefined) ?? getTypeParser(oid, format)) as typeof getTypeParser,
};

/** Parses an int8. @throws RangeError beyond 2^53 - 1, where a number is not exact */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a JavaScript number`);
  return value;
}

function arrayOf(parse: (text: string) => number): (text: string) => unknown {
  return (text) => parseTexts(text).map((entry) => (entry === null ? null : parse(entry)));
}
