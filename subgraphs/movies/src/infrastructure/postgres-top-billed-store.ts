import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { TopBilledStore } from '../application/top-billed.ts';
import { prepared } from './prepared.ts';

const BILLED = rowArrays<{ readonly movieId: string; readonly personId: string }>({
  movie_id: ['text', 'movieId'],
  person_id: ['text', 'personId'],
});

const REMOVE = `
  delete from movie_top_billed kept where kept.movie_id = any($1::text[]) and not exists (
    select from ${BILLED.as('billed', 2)}
    where billed.movie_id = kept.movie_id and billed.person_id = kept.person_id)`;

const ADD = `
  insert into movie_top_billed (${BILLED.columns})
  select * from ${BILLED.as('billed')}
  order by movie_id collate "C", person_id collate "C" on conflict do nothing`;

/** Stores the persons billed first within the caller's transaction. */
export function postgresTopBilledStore(tx: Queryable): TopBilledStore {
  return {
    async save(movies) {
      if (movies.length === 0) return;
      const billed = BILLED.values(
        movies.flatMap(({ movieId, personIds }) => personIds.map((personId) => ({ movieId, personId }))),
      );
      await tx.query(prepared(REMOVE, [movies.map(({ movieId }) => movieId), ...billed]));
      await tx.query(prepared(ADD, billed));
    },
  };
}
