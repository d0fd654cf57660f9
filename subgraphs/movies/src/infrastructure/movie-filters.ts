import type { Members, MovieFilter, Range } from '../application/movie-filter.ts';
import type { MovieOrder, MovieOrderField } from '../domain/movie-order.ts';
import { sortKeyOf } from './movie-orders.ts';
import { titleWords } from './title-words.ts';

type ListName = 'genres' | 'keywords' | 'companies' | 'productionCountries' | 'originCountries' | 'spokenLanguages';

/** Where the members of each list are; each has an index on (member, film). */
const LISTS: Record<ListName, { readonly table: string; readonly member: string; readonly type: string }> = {
  genres: { table: 'movie_genres', member: 'genre_id', type: 'integer' },
  keywords: { table: 'movie_keywords', member: 'keyword_id', type: 'integer' },
  companies: { table: 'movie_production_companies', member: 'company_id', type: 'integer' },
  productionCountries: { table: 'movie_production_countries', member: 'country_code', type: 'text' },
  originCountries: { table: 'movie_origin_countries', member: 'country_code', type: 'text' },
  spokenLanguages: { table: 'movie_spoken_languages', member: 'language_code', type: 'text' },
};

/** Columns of which one value of several is asked for. */
const CHOICES = {
  originalLanguages: { column: 'm.original_language', type: 'text' },
  collections: { column: 'm.collection_id', type: 'integer' },
  statuses: { column: 'm.status', type: 'text' },
} as const;

interface RangeColumn {
  readonly column: string;
  readonly type: string;
  /** The ordering whose index bounds it. */
  readonly field: MovieOrderField;
}

const RANGES = {
  releaseDate: { column: 'm.release_date', type: 'date', field: 'RELEASE_DATE' },
  runtime: { column: 'm.runtime', type: 'integer', field: 'RUNTIME' },
  budget: { column: 'm.budget', type: 'bigint', field: 'BUDGET' },
  revenue: { column: 'm.revenue', type: 'bigint', field: 'REVENUE' },
  popularity: { column: 'm.popularity', type: 'double precision', field: 'POPULARITY' },
} as const satisfies Record<string, RangeColumn>;

/** Of `movie_votes`, where every film has a row. */
const VOTES = {
  voteAverage: { column: 'v.vote_average', type: 'double precision', field: 'VOTE_AVERAGE' },
  voteCount: { column: 'v.vote_count', type: 'integer', field: 'VOTE_COUNT' },
  weightedScore: { column: 'v.weighted_score', type: 'double precision', field: 'WEIGHTED_SCORE' },
} as const satisfies Record<string, RangeColumn>;

/**
 * What film `m` must fit, in SQL; empty: every film fits. Adds its values to `values`.
 *
 * @param order of the list that is read: a range of what it sorts by bounds the scan of its index
 */
export function conditionsOf(filter: MovieFilter, values: unknown[], order?: MovieOrder): readonly string[] {
  const conditions: string[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const held = (list: string, test: string) =>
    conditions.push(`exists (select from ${list} l where l.movie_id = m.id and ${test})`);
  for (const name of Object.keys(LISTS) as ListName[]) {
    const { any, all, none }: Members<string | number> = filter[name] ?? {};
    const { table, member, type } = LISTS[name];
    if (any !== undefined) held(table, `l.${member} = any(${parameter(any)}::${type}[])`);
    for (const each of all ?? []) held(table, `l.${member} = ${parameter(each)}::${type}`);
    if (none !== undefined && none.length > 0) {
      const test = `l.${member} = any(${parameter(none)}::${type}[])`;
      conditions.push(`not exists (select from ${table} l where l.movie_id = m.id and ${test})`);
    }
  }
  if (filter.certification !== undefined) {
    const { country, any } = filter.certification;
    held(
      'movie_releases',
      `l.country = ${parameter(country)}::text and l.certification = any(${parameter(any)}::text[])`,
    );
  }
  for (const [name, { column, type }] of Object.entries(CHOICES)) {
    const chosen = filter[name as keyof typeof CHOICES];
    if (chosen !== undefined) conditions.push(`${column} = any(${parameter(chosen)}::${type}[])`);
  }
  for (const [name, range] of Object.entries(RANGES)) {
    const wanted = filter[name as keyof typeof RANGES];
    if (wanted !== undefined) conditions.push(...rangeOf(range, wanted, parameter, order));
  }
  for (const column of ['adult', 'video'] as const) {
    if (filter[column] !== undefined) conditions.push(filter[column] ? `m.${column}` : `not m.${column}`);
  }
  const votes = Object.entries(VOTES).flatMap(([name, range]) => {
    const wanted = filter[name as keyof typeof VOTES];
    return wanted === undefined ? [] : [...rangeOf(range, wanted, parameter, order)];
  });
  if (votes.length > 0) conditions.push(votesOf(votes, order));
  if (filter.title !== undefined) conditions.push(`m.search_vector @@ ${titleWords(parameter(filter.title))}`);
  return conditions;
}

/**
 * How many films fit, in SQL. Where one list alone is asked about, it is counted by itself, for what is in it is a film. Adds its values
 * to `values`.
 */
export function countOf(filter: MovieFilter, values: unknown[]): string {
  const [name, ...others] = Object.keys(filter);
  const list = LISTS[name as ListName];
  const { any, ...rest }: Members<string | number> = filter[name as ListName] ?? {};
  if (others.length === 0 && list !== undefined && any !== undefined && Object.keys(rest).length === 0) {
    values.push(any);
    return `select count(distinct movie_id) as count from ${list.table} where ${list.member} = any($1::${list.type}[])`;
  }
  return `select count(*) as count from movies m where ${conditionsOf(filter, values).join(' and ')}`;
}

/** The list's own row of votes, or where it has none a lookup. */
function votesOf(conditions: readonly string[], order: MovieOrder | undefined): string {
  const test = conditions.join(' and ');
  const joined = Object.values(VOTES).some(({ field }) => field === order?.field);
  return joined ? test : `exists (select from movie_votes v where v.movie_id = m.id and ${test})`;
}

/** The index that answers is on an expression which an unknown value is the greatest or the least of: those are left out apart. */
function* rangeOf(
  { column, type, field }: RangeColumn,
  { min, max }: Range<string | number>,
  parameter: (value: unknown) => string,
  order: MovieOrder | undefined,
) {
  const indexed = sortKeyOf({ field, direction: order?.field === field ? order.direction : 'DESC' });
  if (min !== undefined) yield `${indexed} >= ${parameter(min)}::${type}`;
  if (max !== undefined) yield `${indexed} <= ${parameter(max)}::${type}`;
  if (min !== undefined || max !== undefined) yield `${column} is not null`;
}
