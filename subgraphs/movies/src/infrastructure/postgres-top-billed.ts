import type { Queryable } from '@marquee/postgres/queryable';
import type { TopBilledStore } from '../application/top-billed.ts';
import { prepared } from './prepared.ts';

const REMOVE = `
  delete from movie_top_billed kept where kept.movie_id = any($1::text[]) and not exists (
    select from unnest($2::text[], $3::text[]) as billed (movie_id, person_id)
    where billed.movie_id = kept.movie_id and billed.person_id = kept.person_id)`;

const ADD = `
  insert into movie_top_billed (movie_id, person_id)
  select * from unnest($1::text[], $2::text[]) as billed (movie_id, person_id)
  order by movie_id collate "C", person_id collate "C" on conflict do nothing`;

/** Keeps who is billed first within a transaction that the caller holds. */
export function createPostgresTopBilled(tx: Queryable): TopBilledStore {
  return {
    async save(films) {
      if (films.length === 0) return;
      const rows = films.flatMap(({ movieId, personIds }) => personIds.map((personId) => [movieId, personId] as const));
      const billed = [rows.map(([movieId]) => movieId), rows.map(([, personId]) => personId)];
      await tx.query(prepared(REMOVE, [films.map(({ movieId }) => movieId), ...billed]));
      await tx.query(prepared(ADD, billed));
    },
  };
}
