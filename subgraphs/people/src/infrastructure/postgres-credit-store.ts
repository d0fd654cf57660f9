import type { Queryable } from '@marquee/postgres/queryable';
import type { CountsByParent, CreditStore, CreditsByParent } from '../application/credit-store.ts';
import type { KeysetPage } from '../application/keyset-page.ts';
import type { Credit } from '../domain/credit.ts';

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

const COLUMNS = `
  c.movie_id as "movieId", c.key, c.kind, c.credit_id as "creditId", c.person_id as "personId", c.department, c.job,
  c.character, c.place, c.film_rank as "filmRank"`;

const DIRECTORS = `
  select c.movie_id as "movieId", c.person_id as "personId"
  from credits c
  where c.movie_id = any($1::text[]) and c.kind = 'crew' and c.job = 'Director'
  group by c.movie_id, c.person_id
  order by c.movie_id, min(c.place)`;

/** Reads credits from Postgres, by prepared statements. */
export function postgresCreditStore(db: Queryable): CreditStore {
  async function read(list: CreditList, ids: readonly string[], filters: readonly (string | null)[], page: KeysetPage) {
    const { rows } = await db.query<Credit>({
      ...pageStatement(list, page),
      values: [ids, ...filters, page.limit, ...(page.cursor ?? [])],
    });
    return byParent(list, rows);
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
    return new Map(rows.map((row) => [row.parent, row.count])) satisfies CountsByParent;
  }

  return {
    cast: (movieIds, page) => read(CAST, movieIds, [], page),
    countCast: (movieIds) => count(CAST, movieIds, []),
    crew: (movieIds, { department, job }, page) => read(CREW, movieIds, [department, job], page),
    countCrew: (movieIds, { department, job }) => count(CREW, movieIds, [department, job]),
    filmographies: (personIds, { department }, page) => read(FILMOGRAPHY, personIds, [department], page),
    countFilmographies: (personIds, { department }) => count(FILMOGRAPHY, personIds, [department]),

    async directors(movieIds) {
      const { rows } = await db.query<{ movieId: string; personId: string }>({
        name: 'directors',
        text: DIRECTORS,
        values: [movieIds],
      });
      const directors = new Map<string, string[]>();
      for (const { movieId, personId } of rows) {
        const ofFilm = directors.get(movieId);
        if (ofFilm === undefined) directors.set(movieId, [personId]);
        else ofFilm.push(personId);
      }
      return directors;
    },
  };
}

/** The first rows of each parent's list, by one index scan for each: the lateral join ends it at the limit. */
function pageStatement(list: CreditList, page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'desc' : 'asc';
  const columns = list.keys.map(([column]) => `c.${column}`);
  const order = columns.map((column) => `${column} ${direction}`).join(', ');
  const limit = list.filters + 2;
  const cursor = list.keys.map(([, type], index) => `$${limit + 1 + index}::${type}`);
  const beyond =
    page.cursor === null ? '' : `and (${columns.join(', ')}) ${page.backward ? '<' : '>'} (${cursor.join(', ')})`;
  return {
    name: `${list.name}_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select ${COLUMNS}
      from unnest($1::text[]) as parent (id)
      cross join lateral (
        select * from credits c
        where c.${list.parent} = parent.id and ${list.where} ${beyond}
        order by ${order}
        limit $${limit}
      ) c
      order by c.${list.parent}, ${order}`,
  };
}

function byParent(list: CreditList, rows: readonly Credit[]): CreditsByParent {
  return Map.groupBy(rows, (credit) => (list.parent === 'movie_id' ? credit.movieId : credit.personId));
}
