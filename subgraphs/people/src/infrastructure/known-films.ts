import type { Queryable } from '@marquee/postgres/queryable';
import type { FilmTold, KnownFilms } from '../application/follow-movies.ts';

const TOLD = 'unnest($1::text[], $2::date[]) as told (id, release_date)';

const MOVED = `
  select told.id from ${TOLD} left join movies known on known.id = told.id
  where known.release_date is distinct from told.release_date`;

const TELL = `
  with gone as (
    delete from movies where id = any($3::text[])
  )
  insert into movies as known (id, release_date) select * from ${TOLD}
  on conflict (id) do update set release_date = excluded.release_date
  where known.release_date is distinct from excluded.release_date`;

const DATE_CREDITS = `
  with dated as (
    update credits set release_date = told.release_date from ${TOLD}
    where credits.movie_id = told.id and credits.release_date is distinct from told.release_date
    returning credits.movie_id, credits.person_id
  )
  select movie_id as "movieId", array_agg(distinct person_id) as "personIds" from dated group by 1`;

/** Keeps what movies tells of films in the table `movies`, and their release dates in their credits, through a transaction. */
export function knownFilms(tx: Queryable): KnownFilms {
  const values = (there: readonly FilmTold[]) => [
    there.map(({ movieId }) => movieId),
    there.map(({ releaseDate }) => releaseDate),
  ];
  return {
    async moved(there) {
      const { rows } = await tx.query<{ id: string }>({ name: 'moved_movies', text: MOVED, values: values(there) });
      return rows.map(({ id }) => id);
    },

    async tell(there, deleted) {
      await tx.query({ name: 'tell_movies', text: TELL, values: [...values(there), deleted] });
      const { rows } = await tx.query<{ movieId: string; personIds: string[] }>({
        name: 'date_credits',
        text: DATE_CREDITS,
        values: values(there),
      });
      return rows;
    },
  };
}
