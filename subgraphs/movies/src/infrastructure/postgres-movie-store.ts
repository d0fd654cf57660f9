import type { Queryable } from '@marquee/postgres/queryable';
import type { ListedMovie, MovieFilter, MovieGroup, MovieStore } from '../application/movie-store.ts';
import { keysetOf, RELEASED_ASC, RELEASED_DESC } from './movie-orders.ts';
import { MOVIE_COLUMNS, type MovieRow, toMovie } from './movie-row.ts';
import { prepared } from './prepared.ts';

type ListedRow = MovieRow & { readonly sortKey: string | number };

const toListed = ({ sortKey, ...row }: ListedRow): ListedMovie => ({ movie: toMovie(row), keys: [sortKey, row.id] });

/** Whether film `m` belongs to the group with the id that `group.id` names, and how to count a group's films. */
const GROUPS: Record<MovieGroup, { readonly contains: string; readonly count: string }> = {
  collection: {
    contains: 'm.collection_id = "group".id',
    count:
      'select collection_id as id, count(*) as count from movies where collection_id = any($1::integer[]) group by 1',
  },
  genre: {
    contains: 'exists (select from movie_genres g where g.movie_id = m.id and g.genre_id = "group".id)',
    count: `select genre_id as id, count(distinct movie_id) as count from movie_genres
      where genre_id = any($1::integer[]) group by 1`,
  },
};

export function createPostgresMovieStore(db: Queryable): MovieStore {
  return {
    async findByIds(ids) {
      const statement = `select ${MOVIE_COLUMNS} from movies m where m.id = any($1::text[])`;
      const { rows } = await db.query<MovieRow>(prepared(statement, [ids]));
      return new Map(rows.map((row) => [row.id, toMovie(row)]));
    },

    async list({ order, page }, filter) {
      const values: unknown[] = [];
      const filtered = filterOf(filter, values);
      const keyset = keysetOf(order, page, values);
      const statement = `select ${MOVIE_COLUMNS}, ${keyset.select} from movies m
        where ${filtered} and ${keyset.where} order by ${keyset.orderBy} limit ${keyset.limit}`;
      const { rows } = await db.query<ListedRow>(prepared(statement, values));
      return rows.map(toListed);
    },

    async count(filter) {
      const values: unknown[] = [];
      const statement = `select count(*) as count from movies m where ${filterOf(filter, values)}`;
      const { rows } = await db.query<{ count: number }>(prepared(statement, values));
      return rows[0]?.count ?? 0;
    },

    async listInGroups(group, ids, { order, page }) {
      const values: unknown[] = [ids];
      const keyset = keysetOf(order, page, values);
      const statement = `select "group".id as "groupId", m.* from unnest($1::integer[]) as "group" (id)
        cross join lateral (
          select ${MOVIE_COLUMNS}, ${keyset.select} from movies m
          where ${GROUPS[group].contains} and ${keyset.where} order by ${keyset.orderBy} limit ${keyset.limit}
        ) m order by "group".id, ${keyset.outerOrderBy}`;
      const { rows } = await db.query<ListedRow & { groupId: number }>(prepared(statement, values));
      const groups = Map.groupBy(rows, (row) => row.groupId);
      return new Map([...groups].map(([id, members]) => [id, members.map(({ groupId: _, ...row }) => toListed(row))]));
    },

    async countInGroups(group, ids) {
      const { rows } = await db.query<{ id: number; count: number }>(prepared(GROUPS[group].count, [ids]));
      return new Map(rows.map(({ id, count }) => [id, count]));
    },
  };
}

/** What film `m` must fit. Adds its values to `values`. */
function filterOf(filter: MovieFilter, values: unknown[]): string {
  const conditions: string[] = [];
  const add = (value: unknown, condition: (placeholder: string) => string) => {
    if (value === undefined) return;
    values.push(value);
    conditions.push(condition(`$${values.length}`));
  };
  add(
    filter.genreIds,
    (ids) => `exists (select from movie_genres g where g.movie_id = m.id and g.genre_id = any(${ids}::integer[]))`,
  );
  add(filter.originalLanguage, (language) => `m.original_language = ${language}::text`);
  // One of the two leaves out films without a date; together they bound the scan of either index.
  add(filter.releasedFrom, (day) => `${RELEASED_DESC} >= ${day}::date and ${RELEASED_ASC} >= ${day}::date`);
  add(filter.releasedTo, (day) => `${RELEASED_ASC} <= ${day}::date and ${RELEASED_DESC} <= ${day}::date`);
  return conditions.length === 0 ? 'true' : conditions.join(' and ');
}
