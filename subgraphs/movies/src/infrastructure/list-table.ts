import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import { prepared } from './prepared.ts';

/** The type of a column in SQL, and its value in an item. */
export type ItemColumn<Item> = readonly [type: string, value: (item: Item) => unknown];

/** A table with an ordered list for each movie: `(movie_id, position, …columns)`. */
export interface ListTable<Item> {
  readonly table: string;
  readonly columns: Readonly<Record<string, ItemColumn<Item>>>;
  /** In a table with a column `edited`, the value that the rows of the list have. */
  readonly edited?: boolean;
}

/**
 * Replaces the movies' lists, in two statements for any number of movies, and returns the movies whose list changed. Does not write
 * unchanged rows, since most observations of a movie change none of its lists.
 */
export async function replaceLists<Item>(
  tx: Queryable,
  { table, columns, edited }: ListTable<Item>,
  lists: readonly { readonly id: string; readonly items: readonly Item[] }[],
): Promise<ReadonlySet<string>> {
  const names = Object.keys(columns);
  const rows = rowArrays<{ id: string; position: number; item: Item }>({
    movie_id: ['text', 'id'],
    position: ['integer', 'position'],
    ...Object.fromEntries(
      names.map((name) => {
        const [type, read] = columns[name] as ItemColumn<Item>;
        return [name, [type, ({ item }: { item: Item }) => read(item)] as const];
      }),
    ),
  });
  const values = rows.values(lists.flatMap(({ id, items }) => items.map((item, position) => ({ id, position, item }))));
  const row = (alias: string) => `(${names.map((name) => `${alias}.${name}`).join(', ')})`;
  const ofLayer = edited === undefined ? '' : `and kept.edited = ${edited}`;
  const layer = edited === undefined ? ['', ''] : [', edited', `, ${edited}`];
  const changedBy = async (write: string, parameters: unknown[]) => {
    const statement = `with written as (${write} returning movie_id) select distinct movie_id as id from written`;
    const { rows: changed } = await tx.query<{ id: string }>(prepared(statement, parameters));
    return changed.map(({ id }) => id);
  };
  const removed = await changedBy(
    `delete from ${table} kept where kept.movie_id = any($${values.length + 1}::text[]) ${ofLayer} and not exists (
      select from ${rows.as('wanted')}
      where wanted.movie_id = kept.movie_id and wanted.position = kept.position
        and ${row('wanted')} is not distinct from ${row('kept')})`,
    [...values, lists.map(({ id }) => id)],
  );
  const added = await changedBy(
    `insert into ${table} (${rows.columns}${layer[0]}) select wanted.*${layer[1]} from ${rows.as('wanted')}
    where not exists (
      select from ${table} kept
      where kept.movie_id = wanted.movie_id and kept.position = wanted.position ${ofLayer})`,
    values,
  );
  return new Set([...removed, ...added]);
}
