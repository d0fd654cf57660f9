import type { Queryable } from '@marquee/postgres/queryable';
import type { __Item__Store } from '../application/__item__-store.ts';
import type { __Item__ } from '../domain/__item__.ts';

const OF_MOVIES = `
  select movie_id as "movieId", jsonb_agg(jsonb_build_object('id', id, 'name', name) order by place) as entries
  from movie___name__
  where movie_id = any($1::text[])
  group by movie_id`;

/** Reads the lists of all movies with one prepared statement. */
export function postgres__Item__Store(db: Queryable): __Item__Store {
  return {
    async ofMovies(movieIds) {
      const { rows } = await db.query<{ movieId: string; entries: readonly __Item__[] }>({
        name: '__name___of_movies',
        text: OF_MOVIES,
        values: [movieIds],
      });
      return new Map(rows.map(({ movieId, entries }) => [movieId, entries]));
    },
  };
}
