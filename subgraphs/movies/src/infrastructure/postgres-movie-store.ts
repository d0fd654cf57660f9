import type { Queryable } from '@marquee/postgres/queryable';
import type { MovieFilter } from '../application/movie-filter.ts';
import type { SelectedMovie } from '../application/movie-selection.ts';
import type { ListedMovie, MovieGroup, MovieStore } from '../application/movie-store.ts';
import { columnsOf } from './movie-columns.ts';
import { conditionsOf, countOf, notAdult } from './movie-filters.ts';
import { type Keyset, keysetOf } from './movie-orders.ts';
import { planned, prepared } from './prepared.ts';

type ListedRow = SelectedMovie & { readonly sortKey: string | number };

const toListed = ({ sortKey, ...movie }: ListedRow): ListedMovie => ({ movie, keys: [sortKey, movie.id] });

const listed = (table: string, member: string) => ({
  contains: (id: string) => `exists (select from ${table} l where l.movie_id = m.id and l.${member} = ${id})`,
  count: (includeAdult: boolean) => `select l.${member} as id, count(distinct l.movie_id) as count from ${table} l
    where l.${member} = any($1::integer[]) ${includeAdult ? '' : `and ${notAdult('l.movie_id')}`} group by 1`,
});

/** SQL for the membership of movie `m` in the group with an id, and for the number of a group's movies. */
const GROUPS: Record<
  MovieGroup,
  { readonly contains: (id: string) => string; readonly count: (includeAdult: boolean) => string }
> = {
  collection: {
    contains: (id) => `m.collection_id = ${id}`,
    count: (includeAdult) => `select collection_id as id, count(*) as count from movies
      where collection_id = any($1::integer[]) ${includeAdult ? '' : 'and not adult'} group by 1`,
  },
  company: listed('movie_production_companies', 'company_id'),
  genre: listed('movie_genres', 'genre_id'),
  keyword: listed('movie_keywords', 'keyword_id'),
};

/** Returns the ids and sort values of a page: where an index covers the conditions, only movies of the page are read. */
function pageOf(keyset: Keyset, conditions: readonly string[], more = ''): string {
  return `select ${keyset.select}${more} from ${keyset.from}
    where ${[...conditions, keyset.where].join(' and ')} order by ${keyset.orderBy} limit ${keyset.limit}`;
}

function readPage(columns: string, page: string, { outerOrderBy }: Keyset): string {
  return `select ${columns}, page."sortKey" from (${page}) page join movies m on m.id = page.id order by ${outerOrderBy}`;
}

/** Returns true when the best plan depends on the values of a filter. It does not for all movies, or all except pornographic ones. */
function dependsOnValues({ adult, ...filter }: MovieFilter): boolean {
  return adult === true || conditionsOf(filter, []).length > 0;
}

/** Returns the column expression of `movie_count` for such movies. */
function countedOf({ adult }: MovieFilter): string {
  return adult === false ? 'films - adult_films' : 'films';
}

export function postgresMovieStore(db: Queryable): MovieStore {
  return {
    async findByIds(ids, selection) {
      const statement = `select ${columnsOf(selection)} from movies m where m.id = any($1::text[])`;
      const { rows } = await db.query<SelectedMovie>(prepared(statement, [ids]));
      return new Map(rows.map((row) => [row.id, row]));
    },

    async list({ order, page, selection }, filter) {
      const values: unknown[] = [];
      const conditions = conditionsOf(filter, values, order);
      const keyset = keysetOf(order, page, values);
      const statement = readPage(columnsOf(selection), pageOf(keyset, conditions), keyset);
      const { rows } = await db.query<ListedRow>(
        dependsOnValues(filter) ? planned(statement, values) : prepared(statement, values),
      );
      return rows.map(toListed);
    },

    async count(filter) {
      const values: unknown[] = [];
      const { rows } = await db.query<{ count: number }>(
        dependsOnValues(filter)
          ? planned(countOf(filter, values), values)
          : prepared(`select coalesce(sum(${countedOf(filter)}), 0)::bigint as count from movie_count`, []),
      );
      return rows[0]?.count ?? 0;
    },

    async countUpTo(filter, limit) {
      const values: unknown[] = [limit];
      const fits = conditionsOf(filter, values).join(' and ') || 'true';
      const statement = `select count(*) as count from (select from movies m where ${fits} limit $1::integer) counted`;
      const { rows } = await db.query<{ count: number }>(planned(statement, values));
      return rows[0]?.count ?? 0;
    },

    async listInGroups(group, ids, { order, includeAdult, page, selection }) {
      if (ids.length === 0) return new Map();
      const values: unknown[] = [];
      const keyset = keysetOf(order, page, values);
      const adult = conditionsOf(includeAdult ? {} : { adult: false }, []);
      const pages = ids.map((id) => {
        const parameter = `$${values.push(id)}::integer`;
        return `(${pageOf(keyset, [GROUPS[group].contains(parameter), ...adult], `, ${parameter} as "groupId"`)})`;
      });
      const statement = readPage(`${columnsOf(selection)}, page."groupId"`, pages.join(' union all '), keyset);
      const { rows } = await db.query<ListedRow & { groupId: number }>(planned(statement, values));
      const groups = Map.groupBy(rows, (row) => row.groupId);
      return new Map([...groups].map(([id, members]) => [id, members.map(({ groupId: _, ...row }) => toListed(row))]));
    },

    async countInGroups(group, ids, includeAdult) {
      const { rows } = await db.query<{ id: number; count: number }>(
        prepared(GROUPS[group].count(includeAdult), [ids]),
      );
      return new Map(rows.map(({ id, count }) => [id, count]));
    },
  };
}
