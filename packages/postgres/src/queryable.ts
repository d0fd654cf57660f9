import type { QueryConfig, QueryResultRow } from 'pg';

/** A pool, or the transaction of a unit of work. */
export interface Queryable {
  /** Executes a statement. `{ name, text, values }` makes each connection prepare it once. */
  query<Row extends QueryResultRow = QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}
