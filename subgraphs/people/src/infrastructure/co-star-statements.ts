import type { KeysetPage } from '@marquee/subgraph/keyset-page';
import { NOT_OF_ADULT_MOVIE } from './credit-columns.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** Number of a person's newest movies that are read, more than nearly all persons have. */
const MOVIES = 300;

/** Number of places of a movie's billing that are read, so that extras do not count. */
const BILLED = 50;

/** Maximum number of common movies in a response. */
const NAMED = 100;

/** Returns SQL for the co-stars of `parent.id` and the common movies. Both lists are read from an index, up to their limits. */
const shared = (includeAdult: boolean) => `
  select distinct other.person_id, mine.film_rank, mine.movie_id
  from (
    select distinct c.film_rank, c.movie_id
    from credits c
    where c.person_id = parent.id and c.kind = 'cast' ${includeAdult ? '' : `and ${NOT_OF_ADULT_MOVIE}`}
    order by c.film_rank, c.movie_id
    limit ${MOVIES}
  ) mine
  cross join lateral (
    select c.person_id from credits c where c.movie_id = mine.movie_id and c.kind = 'cast' order by c.place, c.key limit ${BILLED}
  ) other
  where other.person_id <> parent.id`;

/** SQL condition that the person of a row has other than pornographic movies. */
const listed = (includeAdult: boolean, row: string) =>
  includeAdult ? 'true' : `not exists (select from persons a where a.id = ${row}.person_id and a.adult)`;

/** Returns the statement that counts the co-stars of each of the persons $1. */
export function countCoStarsStatement(includeAdult: boolean): { name: string; text: string } {
  return {
    name: `count_co_stars${includeAdult ? '_adult' : ''}`,
    text: `
      select parent.id as "personId", count(*) as count
      from unnest($1::text[]) as parent (id)
      cross join lateral (select distinct shared.person_id from (${shared(includeAdult)}) shared) other
      where ${listed(includeAdult, 'other')}
      group by parent.id`,
  };
}

/** Returns the statement that reads a page of the co-stars of each of the persons $1: $2 rows after the sort keys $3 to $5. */
export function coStarsStatement(includeAdult: boolean, page: KeysetPage): { name: string; text: string } {
  const direction = page.backward ? 'desc' : 'asc';
  const order = (row: string) =>
    `-${row}.movies ${direction}, ${row}.newest ${direction}, ${row}.person_id ${direction}`;
  const beyond =
    page.cursor === null
      ? ''
      : `having (-count(*), min(shared.film_rank), shared.person_id) ${page.backward ? '<' : '>'} ($3::bigint, $4::bigint, $5::text)`;
  return {
    name: `co_stars${includeAdult ? '_adult' : ''}_${direction}${page.cursor === null ? '' : '_beyond'}`,
    text: `
      select co.parent as "parentId", co.movies as "sharedMovieCount", co.named as "sharedMovieIds", co.newest as "newestMovieRank",
        ${PERSON_COLUMNS}
      from (
        select parent.id as parent, top.*
        from unnest($1::text[]) as parent (id)
        cross join lateral (
          select grouped.* from (
            select shared.person_id, count(*) as movies, min(shared.film_rank) as newest,
              (array_agg(shared.movie_id order by shared.film_rank, shared.movie_id))[1:${NAMED}] as named
            from (${shared(includeAdult)}) shared
            group by shared.person_id
            ${beyond}
          ) grouped
          where ${listed(includeAdult, 'grouped')}
          order by ${order('grouped')}
          limit $2
        ) top
      ) co
      join persons p on p.id = co.person_id
      order by co.parent, ${order('co')}`,
  };
}
