import type { Queryable } from '@marquee/postgres/queryable';
import type { DeletedFilms } from '../application/follow-movies.ts';
import type { Credit } from '../domain/credit.ts';

// What is kept of a film that is deleted already stays: it had no credits to be seen.
const WITHDRAW = `
  with gone as (
    delete from credits where movie_id = any($1::text[]) returning *
  ), kept as (
    insert into deleted_movies (movie_id, withheld_credits)
    select film.id, coalesce((
      select jsonb_agg(jsonb_build_object(
        'movieId', movie_id, 'key', key, 'kind', kind, 'creditId', credit_id, 'castId', cast_id, 'personId', person_id,
        'department', department, 'job', job, 'character', character, 'place', place, 'filmRank', film_rank
      )) from gone where gone.movie_id = film.id
    ), '[]')
    from unnest($1::text[]) as film (id)
    on conflict (movie_id) do nothing
  )
  select distinct movie_id as id from gone`;

// A person may have been deleted since.
const RELEASE = `
  with released as (
    delete from deleted_movies where movie_id = any($1::text[]) returning withheld_credits
  )
  select credit from released cross join lateral jsonb_array_elements(withheld_credits) as credit
  where exists (select from persons where persons.id = credit ->> 'personId')`;

/** Keeps the credits of deleted films in the table `deleted_movies`, through a transaction. */
export function deletedFilms(tx: Queryable): DeletedFilms {
  return {
    async among(movieIds) {
      const text = 'select movie_id as id from deleted_movies where movie_id = any($1::text[])';
      const { rows } = await tx.query<{ id: string }>({ name: 'deleted_movies', text, values: [movieIds] });
      return rows.map(({ id }) => id);
    },

    async withdraw(movieIds) {
      const { rows } = await tx.query<{ id: string }>({ name: 'withdraw_credits', text: WITHDRAW, values: [movieIds] });
      return rows.map(({ id }) => id);
    },

    async release(movieIds) {
      const { rows } = await tx.query<{ credit: Credit }>({
        name: 'release_credits',
        text: RELEASE,
        values: [movieIds],
      });
      return rows.map(({ credit }) => credit);
    },
  };
}
