import type { Queryable } from '@marquee/postgres/queryable';
import type { DeletedMovies } from '../application/follow-movies.ts';
import type { Credit } from '../domain/credit.ts';
import { CREDIT_JSON } from './credit-columns.ts';

/*
 * A movie that is already deleted keeps its stored credits, since it shows none. TMDb's data of an overridden credit moves from the override to
 * the other withheld credits while the movie is deleted, so that an observation replaces all of them.
 */
const WITHDRAW = `
  with newly as (
    select movie.id from unnest($1::text[]) as movie (id)
    where not exists (select from deleted_movies d where d.movie_id = movie.id)
  ), gone as (
    delete from credits where movie_id in (select id from newly) returning *
  ), overridden as (
    select * from credit_overrides where movie_id in (select id from newly)
  ), observed as (
    select c.movie_id, ${CREDIT_JSON} as credit from gone c
    where not exists (select from overridden o where o.movie_id = c.movie_id and o.key = c.key)
    union all select movie_id, observed from overridden where observed is not null
  ), unhidden as (
    delete from credit_overrides where movie_id in (select id from newly) and state = 'hidden'
  ), unobserved as (
    update credit_overrides set observed = null
    where movie_id in (select id from newly) and state <> 'hidden' and observed is not null
  ), kept as (
    insert into deleted_movies (movie_id, withheld_credits)
    select movie.id, coalesce((select jsonb_agg(o.credit) from observed o where o.movie_id = movie.id), '[]')
    from newly movie
  )
  select distinct movie_id as id from gone`;

const RELEASE = `
  with released as (
    delete from deleted_movies where movie_id = any($1::text[]) returning withheld_credits
  )
  select credit from released cross join lateral jsonb_array_elements(withheld_credits) as credit`;

/** Stores the credits of deleted movies in the table `deleted_movies`, within a transaction. */
export function postgresDeletedMovies(tx: Queryable): DeletedMovies {
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
