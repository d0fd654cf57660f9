import { binaryArray } from './binary-array.ts';

/** The columns of an `unnest`: for each its SQL type, and the property or the function that returns its value of a row. */
export type ArrayColumns<Row> = Readonly<
  Record<string, readonly [type: string, value: (keyof Row & string) | ((row: Row) => unknown)]>
>;

/** Rows as parameters of a statement: one array for each column, so that the statement is the same for any number of rows. */
export interface RowArrays<Row> {
  /** Names of the columns, separated by commas. */
  readonly columns: string;
  /** Returns `unnest($1::text[], …)`. @param first number of the first parameter, 1 unless given */
  unnest(first?: number): string;
  /** Returns `unnest($1::text[], …) as alias (column, …)`. @param first number of the first parameter, 1 unless given */
  as(alias: string, first?: number): string;
  /** Returns the parameters, an array for each column: those of `bytea` in binary format, and others as values. */
  values(rows: readonly Row[]): unknown[];
}

/** Returns the SQL and the parameters of rows with these columns. */
export function rowArrays<Row>(columns: ArrayColumns<Row>): RowArrays<Row> {
  const names = Object.keys(columns).join(', ');
  const types = Object.values(columns).map(([type]) => type);
  const readers = Object.values(columns).map(([type, value]) => {
    const read = typeof value === 'function' ? value : (row: Row) => row[value];
    return (rows: readonly Row[]) =>
      type === 'bytea' ? binaryArray(rows.map(read) as (Uint8Array | null)[]) : rows.map(read);
  });
  const unnest = (first = 1) => `unnest(${types.map((type, index) => `$${first + index}::${type}[]`).join(', ')})`;
  return {
    columns: names,
    unnest,
    as: (alias, first) => `${unnest(first)} as ${alias} (${names})`,
    values: (rows) => readers.map((read) => read(rows)),
  };
}
