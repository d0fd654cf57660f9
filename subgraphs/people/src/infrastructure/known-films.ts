import type { Queryable } from '@marquee/postgres/queryable';
import type { FilmTold, KnownFilms } from '../application/follow-movies.ts';

const TELL = `
  with gone as (
    delete from movies where id = any($1::text[])
  )
  insert into movies as known (id, release_date)
  select * from unnest($2::text[], $3::date[])
  on conflict (id) do update set release_date = excluded.release_date
  where known.release_date is distinct from excluded.release_date`;

/** Keeps what movies tells of films in the table `movies`, through a transaction. */
export function knownFilms(tx: Queryable): KnownFilms {
  return {
    async tell(there: readonly FilmTold[], deleted: readonly string[]) {
      const values = [deleted, there.map(({ movieId }) => movieId), there.map(({ releaseDate }) => releaseDate)];
      await tx.query({ name: 'tell_movies', text: TELL, values });
    },
  };
}
