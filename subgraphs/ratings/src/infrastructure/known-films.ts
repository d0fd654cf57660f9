import type { Queryable } from '@marquee/postgres/queryable';
import type { KnownFilms } from '../application/follow-movies.ts';

/** Those that are there are not written again: movies tells of a film with each of its changes. */
const ADD = `
  insert into movies (id)
  select id from unnest($1::text[]) as told (id)
  where not exists (select from movies m where m.id = told.id)
  order by id collate "C"
  on conflict do nothing`;

const REMOVE = 'delete from movies where id = any($1::text[])';

/** Keeps which films movies has in the table `movies`, through a transaction. */
export function knownFilms(tx: Queryable): KnownFilms {
  return {
    async add(movieIds) {
      await tx.query({ name: 'add_films', text: ADD, values: [movieIds] });
    },
    async remove(movieIds) {
      await tx.query({ name: 'remove_films', text: REMOVE, values: [movieIds] });
    },
  };
}
