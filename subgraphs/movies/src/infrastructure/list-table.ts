import type { Queryable } from '@marquee/postgres/queryable';
import { prepared } from './prepared.ts';

/** A table that holds a list of each film in its order: `(movie_id, position, …columns)`. */
export interface ListTable<Item> {
  readonly table: string;
  /** By name of the column: its type in SQL, and its value in an item. */
  readonly columns: Readonly<Record<string, readonly [type: string, value: (item: Item) => unknown]>>;
}

/**
 * Makes the films' lists equal to these, in two statements whatever their number. Rows that are right already are not touched, since
 * most observations of a film change none of its lists.
 */
export async function replaceLists<Item>(
  tx: Queryable,
  { table, columns }: ListTable<Item>,
  lists: readonly { readonly id: string; readonly items: readonly Item[] }[],
): Promise<void> {
  const rows = lists.flatMap(({ id, items }) => items.map((item, position) => ({ id, position, item })));
  const names = Object.keys(columns);
  const values = [
    rows.map((row) => row.id),
    rows.map((row) => row.position),
    ...Object.values(columns).map(([, value]) => rows.map((row) => value(row.item))),
  ];
  const types = ['text', 'integer', ...Object.values(columns).map(([type]) => type)];
  const wanted = `unnest(${types.map((type, index) => `$${index + 1}::${type}[]`).join(', ')})
    as wanted (movie_id, position, ${names.join(', ')})`;
  const row = (alias: string) => `(${names.map((name) => `${alias}.${name}`).join(', ')})`;
  await tx.query(
    prepared(
      `delete from ${table} kept where kept.movie_id = any($${types.length + 1}::text[]) and not exists (
        select from ${wanted}
        where wanted.movie_id = kept.movie_id and wanted.position = kept.position
          and ${row('wanted')} is not distinct from ${row('kept')})`,
      [...values, lists.map(({ id }) => id)],
    ),
  );
  await tx.query(
    prepared(
      `insert into ${table} (movie_id, position, ${names.join(', ')}) select * from ${wanted}
      where not exists (
        select from ${table} kept where kept.movie_id = wanted.movie_id and kept.position = wanted.position)`,
      values,
    ),
  );
}
