import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { FilmographyFilter, FilmographyOrder } from '../application/credit-store.ts';
import { CREDIT_COLUMNS, NOT_OF_ADULT_MOVIE } from './credit-columns.ts';

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: unknown[];
}

type Key = readonly [sql: string, type: string];

/** Whole days after or before 1970, so that both directions ascend; unknown ones last. */
const DAYS = {
  ASC: `coalesce(c.release_date - date '1970-01-01', 2147483647)`,
  DESC: `coalesce(date '1970-01-01' - c.release_date, 2147483647)`,
} as const;

/** Sort keys; within a movie the parts in billing order, then the jobs. */
function keysOf({ field, direction }: FilmographyOrder): readonly Key[] {
  const movie: readonly Key[] =
    field === 'ADDED'
      ? [[direction === 'DESC' ? 'c.film_rank' : '-c.film_rank', 'bigint']]
      : [
          [DAYS[direction], 'integer'],
          ['c.film_rank', 'bigint'],
        ];
  return [...movie, ['c.movie_id', 'text'], ['c.kind', 'text'], ['c.place', 'bigint'], ['c.key', 'text']];
}

/** Returns the conditions of a filter. The index `credits_of_person` covers them, and another one has the pornographic movies. */
function conditionsOf(
  { departments, jobs, kind, years, includeAdult }: FilmographyFilter,
  parameter: (value: unknown) => string,
) {
  const given = [
    { name: 'departments', value: departments, test: (p: string) => `c.department = any(${p}::text[])` },
    { name: 'jobs', value: jobs, test: (p: string) => `c.job = any(${p}::text[])` },
    { name: 'kind', value: kind, test: (p: string) => `c.kind = ${p}::text` },
    { name: 'from', value: years.min, test: (p: string) => `c.release_date >= make_date(${p}::integer, 1, 1)` },
    { name: 'to', value: years.max, test: (p: string) => `c.release_date < make_date(${p}::integer + 1, 1, 1)` },
  ].filter(({ value }) => value !== null);
  return {
    name: `${given.map(({ name }) => `_${name}`).join('')}${includeAdult ? '_adult' : ''}`,
    tests: [...given.map(({ value, test }) => test(parameter(value))), ...(includeAdult ? [] : [NOT_OF_ADULT_MOVIE])],
  };
}

/** Returns the statement that reads the same page of the filmography of each person; only credits of the page are read from the table. */
export function filmographiesStatement(
  personIds: readonly string[],
  filter: FilmographyFilter,
  order: FilmographyOrder,
  page: KeysetPage,
): Statement {
  const values: unknown[] = [personIds];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const { name, tests } = conditionsOf(filter, parameter);
  const limit = parameter(page.limit);
  const keys = keysOf(order);
  const direction = page.backward ? 'desc' : 'asc';
  if (page.cursor !== null) {
    const cursor = page.cursor.map((value, index) => `${parameter(value)}::${keys[index]?.[1]}`);
    tests.push(`(${keys.map(([sql]) => sql).join(', ')}) ${page.backward ? '<' : '>'} (${cursor.join(', ')})`);
  }
  const sorted = keys.map(([sql]) => `${sql} ${direction}`).join(', ');
  const suffix = `${order.field}_${order.direction}_${direction}${page.cursor === null ? '' : '_beyond'}`;
  const where = [`c.person_id = parent.id`, ...tests].join(' and ');
  return {
    name: `filmography${name}_${suffix}`,
    text: isInIndexOrder(filter, order)
      ? straight(keys, where, sorted, limit)
      : sortedFirst(keys, where, direction, limit),
    values,
  };
}

/** Returns true when the index `credits_of_person` has the order, and its key covers the filter. */
function isInIndexOrder(
  { departments, jobs, years }: FilmographyFilter,
  { field, direction }: FilmographyOrder,
): boolean {
  const onlyByKey = departments === null && jobs === null && years.min === null && years.max === null;
  return onlyByKey && field === 'ADDED' && direction === 'DESC';
}

/** Scans the index up to the end of the page, so that only its credits are read from the table. */
function straight(keys: readonly Key[], where: string, sorted: string, limit: string): string {
  return `
      select ${CREDIT_COLUMNS}, json_build_array(${keys.map(([sql]) => sql).join(', ')}) as "sortKeys"
      from unnest($1::text[]) as parent (id)
      cross join lateral (select * from credits c where ${where} order by ${sorted} limit ${limit}) c
      order by c.person_id, ${sorted}`;
}

/** Sorts all matching credits by the index alone, and reads those of the page from the table. */
function sortedFirst(keys: readonly Key[], where: string, direction: string, limit: string): string {
  const named = keys.map(([sql], index) => `${sql} as key_${index}`).join(', ');
  const sorted = keys.map(([sql]) => `${sql} ${direction}`).join(', ');
  const shown = keys.map((_, index) => `shown.key_${index}`);
  return `
      select ${CREDIT_COLUMNS}, json_build_array(${shown.join(', ')}) as "sortKeys"
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select ${named} from credits c where ${where} order by ${sorted} limit ${limit}
      ) shown
      join credits c on c.movie_id = shown.key_${keys.length - 4} and c.key = shown.key_${keys.length - 1}
      order by c.person_id, ${shown.map((key) => `${key} ${direction}`).join(', ')}`;
}

/** Returns the statement that counts the matching credits of each person. */
export function countFilmographiesStatement(personIds: readonly string[], filter: FilmographyFilter): Statement {
  const values: unknown[] = [personIds];
  const { name, tests } = conditionsOf(filter, (value) => `$${values.push(value)}`);
  return {
    name: `count_filmography${name}`,
    text: `
      select parent.id as parent, fitting.count
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select count(*) as count from credits c where ${['c.person_id = parent.id', ...tests].join(' and ')}
      ) fitting
      where fitting.count > 0`,
    values,
  };
}
