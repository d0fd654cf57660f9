import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ChangedCredits } from '../application/credit-writer.ts';
import type { ExistingMovie, KnownMovies } from '../application/follow-movies.ts';

const MOVIES = rowArrays<ExistingMovie>({
  id: ['text', 'movieId'],
  release_date: ['date', 'releaseDate'],
  adult: ['boolean', 'adult'],
});

const TOLD = MOVIES.as('told');

/** SQL condition, true when a movie differs from the stored one. A movie that is not stored has no release date and is not pornographic. */
const IS_OTHER = `(known.release_date is distinct from told.release_date or coalesce(known.adult, false) <> told.adult)`;

const MOVED = `
  select told.id from ${TOLD} left join movies known on known.id = told.id
  where ${IS_OTHER}`;

const TELL = `
  with gone as (
    delete from movies where id = any($4::text[])
  ), turned as (
    select told.id from ${TOLD} left join movies known on known.id = told.id where coalesce(known.adult, false) <> told.adult
  ), told as (
    insert into movies as known (id, release_date, adult) select * from ${TOLD}
    on conflict (id) do update set release_date = excluded.release_date, adult = excluded.adult
    where (known.release_date, known.adult) is distinct from (excluded.release_date, excluded.adult)
  )
  select c.movie_id as "movieId", array_agg(distinct c.person_id) as "personIds"
  from turned join credits c on c.movie_id = turned.id group by 1`;

const DATE_CREDITS = `
  with dated as (
    update credits set release_date = told.release_date from ${TOLD}
    where credits.movie_id = told.id and credits.release_date is distinct from told.release_date
    returning credits.movie_id, credits.person_id
  )
  select movie_id as "movieId", array_agg(distinct person_id) as "personIds" from dated group by 1`;

/** Stores the movies of the movies subgraph in the table `movies`, and their release dates in their credits, through a transaction. */
export function postgresKnownMovies(tx: Queryable): KnownMovies {
  return {
    async moved(there) {
      const { rows } = await tx.query<{ id: string }>({
        name: 'moved_movies',
        text: MOVED,
        values: MOVIES.values(there),
      });
      return rows.map(({ id }) => id);
    },

    async tell(there, deleted) {
      const turned = await tx.query<ChangedCredits>({
        name: 'tell_movies',
        text: TELL,
        values: [...MOVIES.values(there), deleted],
      });
      const dated = await tx.query<ChangedCredits>({
        name: 'date_credits',
        text: DATE_CREDITS,
        values: MOVIES.values(there),
      });
      // All persons of a movie whose `adult` changed are in the result already.
      const named = new Set(turned.rows.map(({ movieId }) => movieId));
      return [...turned.rows, ...dated.rows.filter(({ movieId }) => !named.has(movieId))];
    },
  };
}
