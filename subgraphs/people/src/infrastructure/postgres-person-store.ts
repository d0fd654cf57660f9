import type { Queryable } from '@marquee/postgres/queryable';
import type { KeysetPage } from '../application/keyset-page.ts';
import type { ListedPerson, PersonOrder, PersonStore } from '../application/person-store.ts';
import type { Person } from '../domain/person.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

const FIND_MANY = `select ${PERSON_COLUMNS} from persons p where p.id = any($1::text[])`;

const SORT_KEYS = {
  POPULARITY: { column: 'coalesce(p.popularity, 0)', type: 'double precision' },
  NAME: { column: 'p.sort_name', type: 'text' },
} as const;

// Every word of the text is a word of the name, the last one may go on; or the text resembles the name (`%`), or a part of it
// (`%>>`), by their trigrams.
const MATCHES = `
  to_tsvector('simple', p.search_text) @@ q.words
  or p.search_text operator(public.%>>) q.folded
  or p.search_text operator(public.%) q.folded`;

const QUERY = `
  with q as (
    select fold($1) as folded, (nullif(plainto_tsquery('simple', fold($1))::text, '') || ':*')::tsquery as words
  )`;

// The whole name, then names that have all the words, then those that are only alike, the closest first.
const MATCH = `
  case
    when p.sort_name = q.folded then 3
    when to_tsvector('simple', p.search_text) @@ q.words then 2
    else greatest(public.strict_word_similarity(q.folded, p.search_text), public.similarity(q.folded, p.search_text))
  end::double precision`;

const COUNT_MATCHES = `${QUERY} select count(*) as count from q cross join persons p where ${MATCHES}`;

/** Reads persons from Postgres, by prepared statements. */
export function postgresPersonStore(db: Queryable): PersonStore {
  return {
    async findMany(ids) {
      const { rows } = await db.query<Person>({ name: 'find_persons', text: FIND_MANY, values: [ids] });
      return new Map(rows.map((person) => [person.id, person]));
    },

    async list(order, page) {
      const { rows } = await db.query<ListedPerson>({
        ...listStatement(order, page),
        values: [page.limit, ...(page.cursor ?? [])],
      });
      return rows;
    },

    async count() {
      const { rows } = await db.query<{ count: number }>({
        name: 'count_persons',
        text: 'select count(*) as count from persons',
      });
      return rows[0]?.count ?? 0;
    },

    async search(text, page) {
      const { rows } = await db.query<ListedPerson>({
        ...searchStatement(page),
        values: [text, page.limit, ...(page.cursor ?? [])],
      });
      return rows;
    },

    async countMatches(text) {
      const { rows } = await db.query<{ count: number }>({
        name: 'count_matching_persons',
        text: COUNT_MATCHES,
        values: [text],
      });
      return rows[0]?.count ?? 0;
    },
  };
}

function listStatement({ field, direction }: PersonOrder, page: KeysetPage): { name: string; text: string } {
  const ascending = (direction === 'ASC') !== page.backward;
  const { column, type } = SORT_KEYS[field];
  const order = ascending ? 'asc' : 'desc';
  const beyond = page.cursor === null ? '' : `where (${column}, p.id) ${ascending ? '>' : '<'} ($2::${type}, $3::text)`;
  return {
    name: `persons_by_${field.toLowerCase()}_${order}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select ${PERSON_COLUMNS}, json_build_array(${column}, p.id) as "sortKeys"
      from persons p ${beyond}
      order by ${column} ${order}, p.id ${order}
      limit $1`,
  };
}

function searchStatement(page: KeysetPage): { name: string; text: string } {
  const order = page.backward ? 'asc' : 'desc';
  const beyond =
    page.cursor === null
      ? ''
      : `where (p.match, p.rank, p.id) ${page.backward ? '>' : '<'} ($3::double precision, $4::double precision, $5::text)`;
  return {
    name: `search_persons_${order}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      ${QUERY}
      select ${PERSON_COLUMNS}, json_build_array(p.match, p.rank, p.id) as "sortKeys"
      from (
        select p.*, ${MATCH} as match, coalesce(p.popularity, 0) as rank
        from q cross join persons p
        where ${MATCHES}
      ) p
      ${beyond}
      order by p.match ${order}, p.rank ${order}, p.id ${order}
      limit $2`,
  };
}
