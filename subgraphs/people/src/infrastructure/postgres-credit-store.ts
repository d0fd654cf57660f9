import type { Queryable } from '@marquee/postgres/queryable';
import type { CreditStore, PersonCredit } from '../application/credit-store.ts';
import type { KeysetPage } from '../application/keyset-page.ts';
import type { Credit } from '../domain/credit.ts';
import type { Person } from '../domain/person.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** One of the lists of credits that a film or a person has. */
interface CreditList {
  readonly name: string;
  readonly parent: 'movie_id' | 'person_id';
  /** Further conditions; their parameters begin at $2. */
  readonly where: string;
  readonly filters: number;
  /** The sort keys with the types in which a cursor's values are compared. Wider than the columns, so that none overflows. */
  readonly keys: readonly (readonly [column: string, type: string])[];
}

const BY_PLACE: CreditList['keys'] = [
  ['place', 'bigint'],
  ['key', 'text'],
];

const CAST: CreditList = { name: 'cast', parent: 'movie_id', where: `c.kind = 'cast'`, filters: 0, keys: BY_PLACE };

const CREW: CreditList = {
  name: 'crew',
  parent: 'movie_id',
  where: `c.kind = 'crew' and ($2::text is null or c.department = $2) and ($3::text is null or c.job = $3)`,
  filters: 2,
  keys: BY_PLACE,
};

const FILMOGRAPHY: CreditList = {
  name: 'filmography',
  parent: 'person_id',
  where: `($2::text is null or c.department = $2)`,
  filters: 1,
  keys: [['film_rank', 'bigint'], ['movie_id', 'text'], ['kind', 'text'], ...BY_PLACE],
};

const CREDIT_COLUMNS = `
  c.movie_id as "movieId", c.key, c.kind, c.credit_id as "creditId", c.person_id as "personId", c.department, c.job,
  c.character, c.place, c.film_rank as "filmRank"`;

const DIRECTORS = `
  select d.movie_id as "movieId", ${PERSON_COLUMNS}
  from (
    select c.movie_id, c.person_id, min(c.place) as place
    from credits c
    where c.movie_id = any($1::text[]) and c.kind = 'crew' and c.job = 'Director'
    group by c.movie_id, c.person_id
  ) d
  join persons p on p.id = d.person_id
  order by d.movie_id, d.place`;

/** Reads credits from Postgres, by prepared statements. */
export function postgresCreditStore(db: Queryable): CreditStore {
  async function read<Row extends Credit>(
    list: CreditList,
    ids: readonly string[],
    filters: readonly (string | null)[],
    page: KeysetPage,
  ): Promise<Row[]> {
    const { rows } = await db.query<Row>({
      ...pageStatement(list, page),
      values: [ids, ...filters, page.limit, ...(page.cursor ?? [])],
    });
    return rows;
  }

  async function readWithPersons(...query: Parameters<typeof read>): Promise<ReadonlyMap<string, PersonCredit[]>> {
    const rows = await read<Credit & Person>(...query);
    // The person's columns stand beside those of the credit; none of them has the name of another.
    const credits = rows.map((row) => ({ ...row, person: row }));
    return Map.groupBy(credits, ({ movieId }) => movieId);
  }

  async function count(list: CreditList, ids: readonly string[], filters: readonly (string | null)[]) {
    const { rows } = await db.query<{ parent: string; count: number }>({
      name: `count_${list.name}`,
      text: `
        select c.${list.parent} as parent, count(*) as count
        from credits c
        where c.${list.parent} = any($1::text[]) and ${list.where}
        group by 1`,
      values: [ids, ...filters],
    });
    return new Map(rows.map((row) => [row.parent, row.count]));
  }

  return {
    cast: (movieIds, page) => readWithPersons(CAST, movieIds, [], page),
    countCast: (movieIds) => count(CAST, movieIds, []),
    crew: (movieIds, { department, job }, page) => readWithPersons(CREW, movieIds, [department, job], page),
    countCrew: (movieIds, { department, job }) => count(CREW, movieIds, [department, job]),

    async directors(movieIds) {
      const { rows } = await db.query<Person & { movieId: string }>({
        name: 'directors',
        text: DIRECTORS,
        values: [movieIds],
      });
      return Map.groupBy(rows, ({ movieId }) => movieId);
    },

    async filmographies(personIds, { department }, page) {
      const rows = await read<Credit>(FILMOGRAPHY, personIds, [department], page);
      return Map.groupBy(rows, ({ personId }) => personId);
    },
    countFilmographies: (personIds, { department }) => count(FILMOGRAPHY, personIds, [department]),
  };
}

/**
 * The first rows of each parent's list, by one index scan for each: the lateral join ends it at the limit. A film's lists bring
 * the persons along.
 */
function pageStatement(list: CreditList, page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'desc' : 'asc';
  const columns = list.keys.map(([column]) => `c.${column}`);
  const order = columns.map((column) => `${column} ${direction}`).join(', ');
  const limit = list.filters + 2;
  const cursor = list.keys.map(([, type], index) => `$${limit + 1 + index}::${type}`);
  const beyond =
    page.cursor === null ? '' : `and (${columns.join(', ')}) ${page.backward ? '<' : '>'} (${cursor.join(', ')})`;
  const persons = list.parent === 'movie_id';
  return {
    name: `${list.name}_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select ${persons ? `${CREDIT_COLUMNS}, ${PERSON_COLUMNS}` : CREDIT_COLUMNS}
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select * from credits c
        where c.${list.parent} = parent.id and ${list.where} ${beyond}
        order by ${order}
        limit $${limit}
      ) c
      ${persons ? 'join persons p on p.id = c.person_id' : ''}
      order by c.${list.parent}, ${order}`,
  };
}
