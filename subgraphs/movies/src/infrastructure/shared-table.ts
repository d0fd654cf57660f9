import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ItemColumn } from './list-table.ts';
import { prepared } from './prepared.ts';

/** A table of entities that movies share, such as genres: `(key, …columns, observed_at)`. */
export interface SharedTable<Item> {
  readonly table: string;
  /** The SQL type and the value of each column, by name. The first is the key. */
  readonly columns: Readonly<Record<string, ItemColumn<Item>>>;
}

interface Observed<Item> {
  readonly observedAt: Date;
  readonly item: Item;
}

/**
 * Adds new items and renames items with a later observation, in one statement. Does not write unchanged items, since every movie has genres
 * and a transaction that writes them blocks all others; it only writes the time of the observation once a day, so that a name that is more
 * than a day older does not come back. Locks rows in the order of their keys, so that transactions cannot deadlock.
 */
export async function saveShared<Item>(
  tx: Queryable,
  { table, columns }: SharedTable<Item>,
  observed: readonly Observed<Item>[],
): Promise<void> {
  const [key, ...others] = Object.keys(columns) as [string, ...string[]];
  const [, keyOf] = columns[key] as ItemColumn<Item>;
  const newest = new Map<unknown, Observed<Item>>();
  for (const entry of observed) {
    const previous = newest.get(keyOf(entry.item));
    if (previous === undefined || previous.observedAt < entry.observedAt) newest.set(keyOf(entry.item), entry);
  }
  if (newest.size === 0) return;
  const rows = rowArrays<Observed<Item>>({
    ...Object.fromEntries(
      Object.entries(columns).map(([name, [type, read]]) => [
        name,
        [type, ({ item }: Observed<Item>) => read(item)] as const,
      ]),
    ),
    observed_at: ['timestamptz', 'observedAt'],
  });
  const row = (alias: string) => `(${others.map((name) => `${alias}.${name}`).join(', ')})`;
  const assignments = [...others, 'observed_at'].map((name) => `${name} = excluded.${name}`);
  await tx.query(
    prepared(
      `insert into ${table} as stored (${rows.columns})
      select * from ${rows.as('observed')}
      where not exists (
        select from ${table} stored
        where stored.${key} = observed.${key} and (
          stored.observed_at >= observed.observed_at
          or (${row('stored')} is not distinct from ${row('observed')} and stored.observed_at > observed.observed_at - interval '1 day')
        )
      )
      order by ${key}
      on conflict (${key}) do update set ${assignments.join(', ')} where stored.observed_at < excluded.observed_at`,
      rows.values([...newest.values()]),
    ),
  );
}
