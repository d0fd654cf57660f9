import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { __Item__Writer } from '../application/apply-__name__.ts';
import type { __Item__ } from '../domain/__item__.ts';

/** An entry with its movie and its place in the movie's list. */
interface Row extends __Item__ {
  readonly movieId: string;
  readonly place: number;
}

const ROWS = rowArrays<Row>({
  movie_id: ['text', 'movieId'],
  id: ['text', 'id'],
  place: ['integer', 'place'],
  name: ['text', 'name'],
});

const DELETE = 'delete from movie___name__ where movie_id = any($1::text[])';
const INSERT = `insert into movie___name__ (${ROWS.columns}) select * from ${ROWS.unnest()}`;

/** Writes lists within a transaction, in two statements for any number of movies. */
export function postgres__Item__Writer(tx: Queryable): __Item__Writer {
  return {
    async replace(entries) {
      const rows = [...entries].flatMap(([movieId, list]) =>
        list.map((entry, place) => ({ ...entry, movieId, place })),
      );
      await tx.query(DELETE, [[...entries.keys()]]);
      await tx.query(INSERT, ROWS.values(rows));
    },
  };
}
