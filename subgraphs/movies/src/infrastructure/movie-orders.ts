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

/** Sort keys, each with an index on the same expression in the migrations. */
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
  // The greatest whole number in a cursor, more than any movie earns.
  REVENUE: nullable('m.revenue', 'bigint', '9007199254740991', '0'),
  BUDGET: nullable('m.budget', 'bigint', '9007199254740991', '0'),
  RUNTIME: nullable('m.runtime', 'integer', '2147483647', '0'),
};

/** Returns the first expression of an ordering's index. */
export function sortKeyOf({ field, direction }: MovieOrder): string {
  return SORT_KEYS[field][direction].sql;
}

/** The parts of a keyset query of movies. */
export interface Keyset {
  /** `movies m`, with `movie_votes v` where the order needs them: every movie has a row there. */
  readonly from: string;
  /** The movie's id as `id`, and the sort value as `sortKey`. */
  readonly select: string;
  /** The condition for rows after the cursor; `true` without one. */
  readonly where: string;
  readonly orderBy: string;
  /** The order of rows of a subquery `page` with the columns of `select`. */
  readonly outerOrderBy: string;
  readonly limit: string;
}

/** Returns the keyset query of a page: one row comparison, which an index on (sort key, id) supports in both directions. */
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
