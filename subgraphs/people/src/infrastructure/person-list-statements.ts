import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { PersonFilter, PersonOrder } from '../application/person-store.ts';
import { PERSON_COLUMNS } from './person-columns.ts';
import { FITS_CJK, queryOf } from './person-search-statements.ts';

interface Statement {
  /** Absent: planned for the values of each execution. */
  readonly name?: string;
  readonly text: string;
  readonly values: unknown[];
}

const SORT_KEYS = {
  POPULARITY: { column: 'coalesce(p.popularity, 0)', type: 'double precision' },
  NAME: { column: 'p.sort_name', type: 'text' },
} as const;

/** Characters of scripts without spaces, in which a query may be a part of a word. */
const MAY_BE_CJK = /[\u1100-\u{10ffff}]/u;

/**
 * Finds persons by the indexes of words and of CJK characters before sorting. A scan in the order of names would not end early: all names
 * that begin with a word are neighbours.
 */
const WITH_WORDS = (text: string) => `(
  select p.* from (${queryOf(text)}) q
  cross join lateral (
    select n.person_id as id from person_names n where n.words @@ q.words
    union
    select p.id from persons p where ${FITS_CJK}
  ) fitting
  join persons p on p.id = fitting.id
  offset 0
)`;

/**
 * Finds persons by words alone, with a plan by Postgres, which estimates the number of matches: in the order of popularity, matches of a
 * common word come early.
 */
const HAS_WORDS = (text: string) =>
  `exists (select from person_names n where n.person_id = p.id and n.words @@ words_query(${text}, true))`;

/** Returns the statement that reads a page of the matching persons. */
export function listStatement(filter: PersonFilter, { field, direction }: PersonOrder, page: KeysetPage): Statement {
  const ascending = (direction === 'ASC') !== page.backward;
  const { column, type } = SORT_KEYS[field];
  const order = ascending ? 'asc' : 'desc';
  const conditions = conditionsOf(filter, field);
  const parameter = conditions.parameter;
  const limit = parameter(page.limit);
  if (page.cursor !== null) {
    const [key, id] = page.cursor.map(parameter);
    conditions.texts.push(`(${column}, p.id) ${ascending ? '>' : '<'} (${key}::${type}, ${id}::text)`);
  }
  const name = `persons${conditions.name}_by_${field.toLowerCase()}_${order}${page.cursor === null ? '' : '_beyond'}`;
  return {
    ...(planDependsOnValues(filter) ? {} : { name }),
    text: `
      select ${PERSON_COLUMNS}, json_build_array(${column}, p.id) as "sortKeys"
      from ${conditions.source} p ${whereOf(conditions.texts)}
      order by ${column} ${order}, p.id ${order}
      limit ${limit}`,
    values: conditions.values,
  };
}

/** Returns the statement that counts the matching persons. */
export function countStatement(filter: PersonFilter): Statement {
  const { names, name, source, texts, values } = conditionsOf(filter);
  if (names.length === 0) {
    const counted = filter.includeAdult ? 'persons' : 'persons - adult_persons';
    return {
      name: `count_all_persons${name}`,
      text: `select coalesce(sum(${counted}), 0)::bigint as count from person_count`,
      values,
    };
  }
  return {
    ...(planDependsOnValues(filter) ? {} : { name: `count_persons${name}` }),
    text: `select count(*) as count from ${source} p ${whereOf(texts)}`,
    values,
  };
}

/**
 * Returns true when the best index depends on the values: on the size of a range, on the gender (one is rare), and on the words (a common
 * name comes early in any order, a rare one is looked up). A generic plan assumes average values.
 * https://www.postgresql.org/docs/current/sql-prepare.html#SQL-PREPARE-NOTES
 */
function planDependsOnValues({ gender, words, minPopularity, maxPopularity }: PersonFilter): boolean {
  return gender !== null || words !== null || minPopularity !== null || maxPopularity !== null;
}

function conditionsOf(
  { department, gender, words, minPopularity, maxPopularity, includeAdult }: PersonFilter,
  field?: PersonOrder['field'],
) {
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const given = [
    { name: 'department', value: department, text: (p: string) => `p.known_for_department = ${p}` },
    { name: 'gender', value: gender, text: (p: string) => `p.gender = ${p}` },
    { name: 'min', value: minPopularity, text: (p: string) => `coalesce(p.popularity, 0) >= ${p}::double precision` },
    { name: 'max', value: maxPopularity, text: (p: string) => `coalesce(p.popularity, 0) <= ${p}::double precision` },
  ].filter(({ value }) => value !== null);
  const texts = given.map(({ value, text }) => text(parameter(value)));
  const lookedUp = words !== null && (field === 'NAME' || MAY_BE_CJK.test(words));
  if (words !== null && !lookedUp) texts.push(HAS_WORDS(parameter(words)));
  if (!includeAdult) texts.push('not p.adult');
  const names = [...given.map(({ name }) => name), ...(words === null ? [] : ['words'])];
  return {
    /** Names of the filter's fields, without `includeAdult`. */
    names,
    name: [...names, ...(includeAdult ? ['adult'] : [])].map((name) => `_${name}`).join(''),
    source: lookedUp ? WITH_WORDS(parameter(words)) : 'persons',
    texts,
    values,
    parameter,
  };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `where ${conditions.join(' and ')}`;
}
