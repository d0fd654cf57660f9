import type { Queryable } from '@marquee/postgres/queryable';
import { showsSomething } from '@marquee/postgres/search-text';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { Named, SharedKind, SharedKinds, SharedLists } from '../application/shared-lists.ts';
import { SHARED_COLUMNS } from './movie-columns.ts';
import { prepared } from './prepared.ts';

/** The expression of the indexes. */
const NAME = 'fold(name) collate "C"';

/**
 * SQL condition for names between the prefix and the prefix with the greatest character, as `like` uses an index, but for a parameter. No
 * name matches a prefix without letters and digits, such as "%".
 */
const BEGINS = `($1::text = '' or fold($1::text) <> '')
  and ${NAME} >= fold($1::text) and ${NAME} < fold($1::text) || U&'\\+10FFFF' and ${showsSomething('name')}`;

export function postgresSharedLists(db: Queryable): SharedLists {
  return {
    async list<Kind extends SharedKind>(kind: Kind, prefix: string, { limit, backward, cursor }: KeysetPage) {
      const values: unknown[] = [prefix, limit];
      let beyond = 'true';
      if (cursor !== null) {
        values.push(...cursor);
        beyond = `(${NAME}, id) ${backward ? '<' : '>'} ($3::text, $4::integer)`;
      }
      const towards = backward ? 'desc' : 'asc';
      const statement = `select ${SHARED_COLUMNS[kind]}, ${NAME} as "sortKey" from ${kind}
        where ${BEGINS} and ${beyond} order by ${NAME} ${towards}, id ${towards} limit $2`;
      const { rows } = await db.query<SharedKinds[Kind] & { sortKey: string }>(prepared(statement, values));
      return rows.map(({ sortKey, ...item }): Named<SharedKinds[Kind]> => {
        const shared = item as unknown as SharedKinds[Kind];
        return { item: shared, keys: [sortKey, shared.id] };
      });
    },

    async count(kind, prefix) {
      const statement = `select count(*) as count from ${kind} where ${BEGINS}`;
      const { rows } = await db.query<{ count: number }>(prepared(statement, [prefix]));
      return rows[0]?.count ?? 0;
    },
  };
}
