import type { Members, MovieFilter, Range } from '../application/movie-filter.ts';
import type { MovieOrder, MovieOrderField } from '../domain/movie-order.ts';
import { sortKeyOf } from './movie-orders.ts';

type ListName = 'genres' | 'keywords' | 'companies' | 'productionCountries' | 'originCountries' | 'spokenLanguages';

interface ListColumn {
  readonly table: string;
  readonly member: string;
  readonly type: string;
  /** First letter of the list's facets in `movie_facets`. */
  readonly letter: string;
}

/** Table and column of each list's members, with an index on (member, movie). */
const LISTS: Record<ListName, ListColumn> = {
  genres: { table: 'movie_genres', member: 'genre_id', type: 'integer', letter: 'g' },
  keywords: { table: 'movie_keywords', member: 'keyword_id', type: 'integer', letter: 'k' },
  companies: { table: 'movie_production_companies', member: 'company_id', type: 'integer', letter: 'b' },
  productionCountries: { table: 'movie_production_countries', member: 'country_code', type: 'text', letter: 'p' },
  originCountries: { table: 'movie_origin_countries', member: 'country_code', type: 'text', letter: 'o' },
  spokenLanguages: { table: 'movie_spoken_languages', member: 'language_code', type: 'text', letter: 's' },
};

/** Columns that must equal one of several values. */
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

/** Columns of `movie_votes`, which has a row for every movie. */
const VOTES = {
  voteAverage: { column: 'v.vote_average', type: 'double precision', field: 'VOTE_AVERAGE' },
  voteCount: { column: 'v.vote_count', type: 'integer', field: 'VOTE_COUNT' },
  weightedScore: { column: 'v.weighted_score', type: 'double precision', field: 'WEIGHTED_SCORE' },
} as const satisfies Record<string, RangeColumn>;

/**
 * Returns the conditions on movie `m` in SQL, none when every movie matches, and adds their values to `values`.
 *
 * @param order of the list that is read: a range of what it sorts by bounds the scan of its index
 */
export function conditionsOf(filter: MovieFilter, values: unknown[], order?: MovieOrder): readonly string[] {
  const conditions: string[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const facetTests = facetTestsOf(filter);
  if (facetTests.length > 1) {
    const tests = facetConditions(facetTests, parameter);
    conditions.push(`exists (select from movie_facets f where f.movie_id = m.id and ${tests})`);
  } else {
    // For one member, an index of the list's own table is cheaper.
    for (const { not, list, test } of facetTests) {
      conditions.push(
        `${not ? 'not ' : ''}exists (select from ${list} l where l.movie_id = m.id and ${test(parameter)})`,
      );
    }
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
  if (filter.title !== undefined) {
    const words = `t.words @@ words_query(${parameter(filter.title)}::text)`;
    conditions.push(`exists (select from movie_titles t where t.movie_id = m.id and ${words})`);
  }
  return conditions;
}

type Parameter = (value: unknown) => string;

/** A condition on a movie's lists: at least one of these facets, or with `not` none of them. */
interface FacetTest {
  readonly not: boolean;
  readonly facets: readonly string[];
  /** The table of the list, and the same condition on its row `l`. */
  readonly list: string;
  readonly test: (parameter: Parameter) => string;
}

function facetTestsOf(filter: MovieFilter): readonly FacetTest[] {
  const facetTests: FacetTest[] = [];
  for (const [name, { table: list, member, type, letter }] of Object.entries(LISTS)) {
    const { any, all, none }: Members<string | number> = filter[name as ListName] ?? {};
    const addCondition = (members: readonly (string | number)[], not = false) => {
      // The index has the movies of one member in order: distinct ones need no sort.
      const test = (parameter: Parameter) =>
        members.length === 1
          ? `l.${member} = ${parameter(members[0])}::${type}`
          : `l.${member} = any(${parameter(members)}::${type}[])`;
      facetTests.push({ not, facets: members.map((each) => `${letter}${each}`), list, test });
    };
    if (any !== undefined) addCondition(any);
    for (const each of all ?? []) addCondition([each]);
    if (none !== undefined && none.length > 0) addCondition(none, true);
  }
  if (filter.certification !== undefined) {
    const { country, any } = filter.certification;
    const facets = any.map((certification) => `r${country}:${certification}`);
    const test = (parameter: Parameter) =>
      `l.country = ${parameter(country)}::text and l.certification = any(${parameter(any)}::text[])`;
    facetTests.push({ not: false, facets, list: 'movie_releases', test });
  }
  return facetTests;
}

/** Conditions on `movie_facets f`, which one scan of its index answers together. */
function facetConditions(facetTests: readonly FacetTest[], parameter: Parameter): string {
  const all = facetTests.filter(({ not, facets }) => !not && facets.length === 1).flatMap(({ facets }) => facets);
  const others = facetTests.filter(({ not, facets }) => not || facets.length !== 1);
  return [
    ...(all.length > 0 ? [`f.facets @> ${parameter(all)}::text[]`] : []),
    ...others.map(({ not, facets }) => `${not ? 'not ' : ''}f.facets && ${parameter(facets)}::text[]`),
  ].join(' and ');
}

/**
 * Returns the statement that counts the movies of a filter, and adds its values to `values`. Conditions on lists alone are counted in the
 * lists' tables, each row of which belongs to a movie.
 */
export function countOf(filter: MovieFilter, values: unknown[]): string {
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const facetTests = facetTestsOf(filter);
  const [first] = facetTests;
  const { adult, ...others } = filter;
  if (
    first !== undefined &&
    adult !== true &&
    Object.keys(others).every((name) => name in LISTS || name === 'certification')
  ) {
    const shown = (movieId: string) => (adult === false ? `and ${notAdult(movieId)}` : '');
    if (facetTests.length > 1) {
      return `select count(*) as count from movie_facets f where ${facetConditions(facetTests, parameter)} ${shown('f.movie_id')}`;
    }
    if (!first.not) {
      return `select count(distinct l.movie_id) as count from ${first.list} l where ${first.test(parameter)} ${shown('l.movie_id')}`;
    }
  }
  return `select count(*) as count from movies m where ${conditionsOf(filter, values).join(' and ')}`;
}

/** Returns the SQL condition that the movie of this id is not pornographic. An index has the few that are. */
export function notAdult(movieId: string): string {
  return `not exists (select from movies a where a.id = ${movieId} and a.adult)`;
}

/** Returns the votes of the list's own row, or a lookup. */
function votesOf(conditions: readonly string[], order: MovieOrder | undefined): string {
  const test = conditions.join(' and ');
  const joined = Object.values(VOTES).some(({ field }) => field === order?.field);
  return joined ? test : `exists (select from movie_votes v where v.movie_id = m.id and ${test})`;
}

/** Excludes unknown values, which the index's expression maps to the greatest or the least value. */
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
