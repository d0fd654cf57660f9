import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';

/** A topic's handler, which writes the effects of observations in a transaction. */
type Handler<Data> = (
  tx: Queryable,
  changes: {
    readonly observed: readonly { readonly subject: string; readonly observedAt: Date; readonly data: Data }[];
    readonly deleted: readonly never[];
  },
) => Promise<void>;

/** Returns a function that applies one observation of each movie with a topic's handler, like a batch of events. */
export function observer<Data extends { readonly movieId: string }>(handle: Handler<Data>) {
  return async (pool: Pool, movies: readonly Data[], observedAt = new Date('2026-11-22T10:00:00Z')): Promise<void> => {
    const observed = movies.map((data) => ({ subject: data.movieId, observedAt, data }));
    await inTransaction(pool, (tx) => handle(tx, { observed, deleted: [] }));
  };
}
