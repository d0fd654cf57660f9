/** SQL expression of each property of a row. */
export type Columns<Row> = Readonly<Record<keyof Row, string>>;

/** Returns a select list such as `p.id as "id", p.tmdb_id as "tmdbId"`. A property of the row without a column does not compile. */
export function selectList<Row extends object>(columns: Columns<Row>): string {
  return Object.entries<string>(columns)
    .map(([property, expression]) => `${expression} as "${property}"`)
    .join(', ');
}
