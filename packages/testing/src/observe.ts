import type { Pool } from '@marquee/postgres/pool';
import type { Queryable } from '@marquee/postgres/queryable';
import { inTransaction } from '@marquee/postgres/transaction';

/** Writes the effects of what was observed, in a transaction: the shape of every topic's handler. */
type Handler<Data> = (
  tx: Queryable,
  changes: {
    readonly observed: readonly { readonly movieId: string; readonly observedAt: Date; readonly data: Data }[];
    readonly deleted: readonly never[];
  },
) => Promise<void>;

/** A function that applies one observation of each film through a topic's handler, as a batch of events would. */
export function observer<Data extends { readonly movieId: string }>(handle: Handler<Data>) {
  return async (pool: Pool, films: readonly Data[], observedAt = new Date('2026-11-22T10:00:00Z')): Promise<void> => {
    const observed = films.map((data) => ({ movieId: data.movieId, observedAt, data }));
    await inTransaction(pool, (tx) => handle(tx, { observed, deleted: [] }));
  };
}
