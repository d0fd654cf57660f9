import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ExistingMovie, FollowedMovies } from '../application/follow-movies.ts';

const MOVIES = rowArrays<ExistingMovie>({ id: ['text', 'movieId'], adult: ['boolean', 'adult'] });

const GIVEN = MOVIES.as('given');

const CHANGED = `
  select given.id from ${GIVEN} left join movies stored on stored.id = given.id where coalesce(stored.adult, false) <> given.adult`;

/** Writes movies that differ from the stored ones: the movies subgraph publishes a movie with each of its changes. */
const ADD = `
  insert into movies as stored (id, adult)
  select given.id, given.adult from ${GIVEN}
  where not exists (select from movies m where m.id = given.id and m.adult = given.adult)
  order by given.id collate "C"
  on conflict (id) do update set adult = excluded.adult where stored.adult <> excluded.adult`;

const REMOVE = 'delete from movies where id = any($1::text[])';

/** Stores the movies of the movies subgraph and their `adult` flags in the table `movies`, within a transaction. */
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
    async add(movies) {
      await tx.query({ name: 'add_movies', text: ADD, values: MOVIES.values(movies) });
    },
    async remove(movieIds) {
      await tx.query({ name: 'remove_movies', text: REMOVE, values: [movieIds] });
    },
  };
}

/** Returns the SQL condition that the movie of this id is not pornographic. An index has the few that are. */
export function notOfAdultMovie(movieId: string): string {
  return `not exists (select from movies a where a.id = ${movieId} and a.adult)`;
}
