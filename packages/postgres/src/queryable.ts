import type { QueryConfig, QueryResultRow } from 'pg';

/** What runs a statement: the pool, or the transaction that a piece of work runs in. */
export interface Queryable {
  /** Give `{ name, text, values }` for a statement that each connection prepares once. */
  query<Row extends QueryResultRow = QueryResultRow>(
    statement: string | QueryConfig,
    values?: unknown[],
  ): Promise<{ rows: Row[]; rowCount: number | null }>;
}
