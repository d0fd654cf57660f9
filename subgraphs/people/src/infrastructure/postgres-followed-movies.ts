import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ChangedCredits } from '../application/credit-writer.ts';
import type { ExistingMovie, FollowedMovies } from '../application/follow-movies.ts';

const MOVIES = rowArrays<ExistingMovie>({
  id: ['text', 'movieId'],
  release_date: ['date', 'releaseDate'],
  adult: ['boolean', 'adult'],
});

const GIVEN = MOVIES.as('given');

/** SQL condition, true when a movie differs from the stored one. A movie that is not stored has no release date and is not pornographic. */
const IS_OTHER = `(stored.release_date is distinct from given.release_date or coalesce(stored.adult, false) <> given.adult)`;

const CHANGED = `
  select given.id from ${GIVEN} left join movies stored on stored.id = given.id
  where ${IS_OTHER}`;

const SAVE = `
  with gone as (
    delete from movies where id = any($4::text[])
  ), flagged as (
    select given.id from ${GIVEN} left join movies stored on stored.id = given.id where coalesce(stored.adult, false) <> given.adult
  ), written as (
    insert into movies as stored (id, release_date, adult) select * from ${GIVEN}
    on conflict (id) do update set release_date = excluded.release_date, adult = excluded.adult
    where (stored.release_date, stored.adult) is distinct from (excluded.release_date, excluded.adult)
  )
  select c.movie_id as "movieId", array_agg(distinct c.person_id) as "personIds"
  from flagged join credits c on c.movie_id = flagged.id group by 1`;

const DATE_CREDITS = `
  with dated as (
    update credits set release_date = given.release_date from ${GIVEN}
    where credits.movie_id = given.id and credits.release_date is distinct from given.release_date
    returning credits.movie_id, credits.person_id
  )
  select movie_id as "movieId", array_agg(distinct person_id) as "personIds" from dated group by 1`;

/** Stores the movies of the movies subgraph in the table `movies`, and their release dates in their credits, within a transaction. */
export function postgresFollowedMovies(tx: Queryable): FollowedMovies {
  return {
    async changed(movies) {
      const { rows } = await tx.query<{ id: string }>({
        name: 'changed_movies',
        text: CHANGED,
        values: MOVIES.values(movies),
      });
      return rows.map(({ id }) => id);
    },

    async save(movies, deleted) {
      const flagged = await tx.query<ChangedCredits>({
        name: 'save_movies',
        text: SAVE,
        values: [...MOVIES.values(movies), deleted],
      });
      const dated = await tx.query<ChangedCredits>({
        name: 'date_credits',
        text: DATE_CREDITS,
        values: MOVIES.values(movies),
      });
      // All persons of a movie whose `adult` changed are in the result already.
      const named = new Set(flagged.rows.map(({ movieId }) => movieId));
      return [...flagged.rows, ...dated.rows.filter(({ movieId }) => !named.has(movieId))];
    },
  };
}
