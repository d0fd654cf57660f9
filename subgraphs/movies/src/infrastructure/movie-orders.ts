import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { MovieOrder, MovieOrderField, OrderDirection } from '../domain/movie-order.ts';

/** A sort key of movies in SQL, of `movies m` or `movie_votes v`. */
interface SortKey {
  readonly sql: string;
  readonly type: string;
  readonly collation?: string;
}

const either = (sql: string, type: string) => ({ ASC: { sql, type }, DESC: { sql, type } });

/** A column whose unknown values sort last: as the greatest value when ascending, as the least when descending. */
function nullable(column: string, type: string, greatest: string, least: string): Record<OrderDirection, SortKey> {
  return {
    ASC: { sql: `coalesce(${column}, ${greatest})`, type },
    DESC: { sql: `coalesce(${column}, ${least})`, type },
  };
}

/** Each has its index in the migrations, with the same expression. */
const SORT_KEYS: Record<MovieOrderField, Record<OrderDirection, SortKey>> = {
  POPULARITY: either('m.popularity', 'double precision'),
  TITLE: {
    ASC: { sql: 'm.title collate "und-x-icu"', type: 'text', collation: '"und-x-icu"' },
    DESC: { sql: 'm.title collate "und-x-icu"', type: 'text', collation: '"und-x-icu"' },
  },
  VOTE_COUNT: either('v.vote_count', 'integer'),
  VOTE_AVERAGE: nullable('v.vote_average', 'double precision', '11', '-1'),
  WEIGHTED_SCORE: nullable('v.weighted_score', 'double precision', '11', '-1'),
  RELEASE_DATE: nullable('m.release_date', 'date', "'infinity'::date", "'-infinity'::date"),
  // The greatest whole number that a cursor can carry; movies that earn as much do not occur.
  REVENUE: nullable('m.revenue', 'bigint', '9007199254740991', '0'),
  BUDGET: nullable('m.budget', 'bigint', '9007199254740991', '0'),
  RUNTIME: nullable('m.runtime', 'integer', '2147483647', '0'),
};

/** The expression that the index of an ordering begins with. */
export function sortKeyOf({ field, direction }: MovieOrder): string {
  return SORT_KEYS[field][direction].sql;
}

/** The pieces of a keyset query over movies. */
export interface Keyset {
  /** `movies m`, with `movie_votes v` where the order needs them: every movie has a row there. */
  readonly from: string;
  /** The movie's id as `id`, and the sort value as `sortKey`. */
  readonly select: string;
  /** Condition for the rows beyond the cursor; `true` without one. */
  readonly where: string;
  readonly orderBy: string;
  /** The same order for rows of a subquery called `page` that selected `select`. */
  readonly outerOrderBy: string;
  readonly limit: string;
}

/** The keyset query of a page: one comparison of rows, which an index on (sort key, id) answers in both directions. */
export function keysetOf({ field, direction }: MovieOrder, page: KeysetPage, values: unknown[]): Keyset {
  const { sql, type, collation } = SORT_KEYS[field][direction];
  const ascending = (direction === 'ASC') !== page.backward;
  const towards = ascending ? 'asc' : 'desc';
  const byVotes = sql.includes('v.');
  const id = byVotes ? 'v.movie_id' : 'm.id';
  const outer = collation === undefined ? 'page."sortKey"' : `page."sortKey" collate ${collation}`;
  let where = 'true';
  if (page.cursor !== null) {
    values.push(...page.cursor);
    where = `(${sql}, ${id}) ${ascending ? '>' : '<'} ($${values.length - 1}::${type}, $${values.length}::text)`;
  }
  values.push(page.limit);
  return {
    from: byVotes ? 'movie_votes v join movies m on m.id = v.movie_id' : 'movies m',
    select: `${id} as id, ${sql} as "sortKey"`,
    where,
    orderBy: `${sql} ${towards}, ${id} ${towards}`,
    outerOrderBy: `${outer} ${towards}, page.id ${towards}`,
    limit: `$${values.length}::integer`,
  };
}
