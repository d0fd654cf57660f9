import type { Queryable } from '@marquee/postgres/queryable';
import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import type { CoStar, CreditStore, FilmographyCredit, PersonCredit } from '../application/credit-store.ts';
import type { StoredCredit } from '../domain/credit.ts';
import { creditRefKey } from '../domain/credit-overrides.ts';
import type { Person } from '../domain/person.ts';
import { coStarsStatement, countCoStarsStatement } from './co-star-statements.ts';
import { CREDIT_COLUMNS, CREDIT_REFS } from './credit-columns.ts';
import { countFilmographiesStatement, filmographiesStatement } from './filmography-statements.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** A movie's list of parts or of jobs. */
interface CreditList {
  readonly name: string;
  /** Further conditions with the parameters $2 to $4. A movie's credits are few enough to be filtered as they are read. */
  readonly where: string;
  /** The sort keys with the types in which a cursor's values are compared. Wider than the columns, so that none overflows. */
  readonly keys: readonly (readonly [column: string, type: string])[];
}

/** Null, or the values of which the column must have one. */
type FilterValue = string | number | readonly string[] | null;

const BY_PLACE: CreditList['keys'] = [
  ['place', 'bigint'],
  ['key', 'text'],
];

const GENDER = `($4::text is null or exists (select from persons p where p.id = c.person_id and p.gender = $4))`;

const CAST: CreditList = {
  name: 'cast',
  where: `c.kind = 'cast' and ($2::text is null or fold($2) <> '' and strpos(fold(c.character), fold($2)) > 0)
    and ($3::integer is null or c.place <= $3) and ${GENDER}`,
  keys: BY_PLACE,
};

const CREW: CreditList = {
  name: 'crew',
  where: `c.kind = 'crew' and ($2::text[] is null or c.department = any($2)) and ($3::text[] is null or c.job = any($3))
    and ${GENDER}`,
  keys: BY_PLACE,
};

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

const FIND_MANY = `
  select ${CREDIT_COLUMNS}, ${PERSON_COLUMNS}
  from ${CREDIT_REFS.as('wanted')}
  join credits c on c.movie_id = wanted.movie_id and c.key = wanted.key
  join persons p on p.id = c.person_id`;

/** Reads credits from Postgres, by prepared statements. */
export function postgresCreditStore(db: Queryable): CreditStore {
  async function read<Row extends StoredCredit>(
    list: CreditList,
    ids: readonly string[],
    filters: readonly FilterValue[],
    page: KeysetPage,
  ): Promise<Row[]> {
    const { rows } = await db.query<Row>({
      ...pageStatement(list, page),
      values: [ids, ...filters, page.limit, ...(page.cursor ?? [])],
    });
    return rows;
  }

  async function readWithPersons(...query: Parameters<typeof read>): Promise<ReadonlyMap<string, PersonCredit[]>> {
    const rows = await read<StoredCredit & Person>(...query);
    // The row has the columns of the credit and of the person, with distinct names.
    const credits = rows.map((row) => ({ ...row, person: row }));
    return Map.groupBy(credits, ({ movieId }) => movieId);
  }

  async function count(list: CreditList, ids: readonly string[], filters: readonly FilterValue[]) {
    const { rows } = await db.query<{ parent: string; count: number }>({
      name: `count_${list.name}`,
      text: `
        select c.movie_id as parent, count(*) as count
        from credits c
        where c.movie_id = any($1::text[]) and ${list.where}
        group by 1`,
      values: [ids, ...filters],
    });
    return new Map(rows.map((row) => [row.parent, row.count]));
  }

  return {
    cast: (movieIds, { character, maxOrder, gender }, page) =>
      readWithPersons(CAST, movieIds, [character, maxOrder, gender], page),
    countCast: (movieIds, { character, maxOrder, gender }) => count(CAST, movieIds, [character, maxOrder, gender]),
    crew: (movieIds, { departments, jobs, gender }, page) =>
      readWithPersons(CREW, movieIds, [departments, jobs, gender], page),
    countCrew: (movieIds, { departments, jobs, gender }) => count(CREW, movieIds, [departments, jobs, gender]),

    async directors(movieIds) {
      const { rows } = await db.query<Person & { movieId: string }>({
        name: 'directors',
        text: DIRECTORS,
        values: [movieIds],
      });
      return Map.groupBy(rows, ({ movieId }) => movieId);
    },

    async filmographies(personIds, filter, order, page) {
      const { rows } = await db.query<FilmographyCredit>(filmographiesStatement(personIds, filter, order, page));
      return Map.groupBy(rows, ({ personId }) => personId);
    },
    async findMany(refs) {
      const { rows } = await db.query<StoredCredit & Person>({
        name: 'find_credits_of_persons',
        text: FIND_MANY,
        values: CREDIT_REFS.values(refs),
      });
      return new Map(rows.map((row) => [creditRefKey(row), { ...row, person: row }]));
    },

    async countFilmographies(personIds, filter) {
      const { rows } = await db.query<{ parent: string; count: number }>(
        countFilmographiesStatement(personIds, filter),
      );
      return new Map(rows.map((row) => [row.parent, row.count]));
    },

    async coStars(personIds, includeAdult, page) {
      const { rows } = await db.query<CoStar & { parentId: string }>({
        ...coStarsStatement(includeAdult, page),
        values: [personIds, page.limit, ...(page.cursor ?? [])],
      });
      return Map.groupBy(rows, ({ parentId }) => parentId);
    },

    async countCoStars(personIds, includeAdult) {
      const { rows } = await db.query<{ personId: string; count: number }>({
        ...countCoStarsStatement(includeAdult),
        values: [personIds],
      });
      return new Map(rows.map(({ personId, count }) => [personId, count]));
    },
  };
}

/**
 * Returns the statement that reads the first rows of each movie's list with their persons, by one index scan for each movie, which the
 * lateral join ends at the limit.
 */
function pageStatement(list: CreditList, page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'desc' : 'asc';
  const columns = list.keys.map(([column]) => `c.${column}`);
  const order = columns.map((column) => `${column} ${direction}`).join(', ');
  const cursor = list.keys.map(([, type], index) => `$${6 + index}::${type}`);
  const beyond =
    page.cursor === null ? '' : `and (${columns.join(', ')}) ${page.backward ? '<' : '>'} (${cursor.join(', ')})`;
  return {
    name: `${list.name}_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select ${CREDIT_COLUMNS}, ${PERSON_COLUMNS}
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select * from credits c
        where c.movie_id = parent.id and ${list.where} ${beyond}
        order by ${order}
        limit $5
      ) c
      join persons p on p.id = c.person_id
      order by c.movie_id, ${order}`,
  };
}
