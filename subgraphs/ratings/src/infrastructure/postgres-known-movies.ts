import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ExistingMovie, KnownMovies } from '../application/follow-movies.ts';

const MOVIES = rowArrays<ExistingMovie>({ id: ['text', 'movieId'], adult: ['boolean', 'adult'] });

const TOLD = MOVIES.as('told');

const TURNED = `
  select told.id from ${TOLD} left join movies known on known.id = told.id where coalesce(known.adult, false) <> told.adult`;

/** Writes movies that differ from the stored ones: the movies subgraph publishes a movie with each of its changes. */
const ADD = `
  insert into movies as known (id, adult)
  select told.id, told.adult from ${TOLD}
  where not exists (select from movies m where m.id = told.id and m.adult = told.adult)
  order by told.id collate "C"
  on conflict (id) do update set adult = excluded.adult where known.adult <> excluded.adult`;

const REMOVE = 'delete from movies where id = any($1::text[])';

/** Stores the movies of the movies subgraph and their `adult` flags in the table `movies`, through a transaction. */
export function postgresKnownMovies(tx: Queryable): KnownMovies {
  return {
    async turned(movies) {
      const { rows } = await tx.query<{ id: string }>({
        name: 'turned_movies',
        text: TURNED,
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
