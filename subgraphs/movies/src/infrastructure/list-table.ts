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
 * Replaces the movies' lists, in one statement for any number of movies, and returns the movies whose list changed. Does not write unchanged
 * rows, since most observations of a movie change none of its lists. `added` reads `removed`, so that a row is deleted before another one
 * takes its position.
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
  const layer = edited === undefined ? '' : `and kept.edited = ${edited}`;
  const isSame = `kept.movie_id = wanted.movie_id and kept.position = wanted.position ${layer}
    and ${row('wanted')} is not distinct from ${row('kept')}`;
  const statement = `
    with wanted as (
      select * from ${rows.as('given')}
    ), removed as (
      delete from ${table} kept where kept.movie_id = any($${values.length + 1}::text[]) ${layer}
        and not exists (select from wanted where ${isSame})
      returning movie_id
    ), added as (
      insert into ${table} (${rows.columns}${edited === undefined ? '' : ', edited'})
      select wanted.*${edited === undefined ? '' : `, ${edited}`} from wanted
      where (select count(*) from removed) >= 0 and not exists (select from ${table} kept where ${isSame})
      returning movie_id
    )
    select movie_id as id from removed union select movie_id from added`;
  const { rows: changed } = await tx.query<{ id: string }>(prepared(statement, [...values, lists.map(({ id }) => id)]));
  return new Set(changed.map(({ id }) => id));
}
