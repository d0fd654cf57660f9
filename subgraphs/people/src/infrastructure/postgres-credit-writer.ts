import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import { sqlState } from '@marquee/postgres/availability';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { ChangedCredits, CreditWriter } from '../application/credit-writer.ts';
import type { Credit } from '../domain/credit.ts';
import type { CreditOverride } from '../domain/credit-overrides.ts';
import { CREDIT_REFS } from './credit-columns.ts';

const CREDITS = rowArrays<Credit>({
  movie_id: ['text', 'movieId'],
  key: ['text', 'key'],
  kind: ['text', 'kind'],
  credit_id: ['text', 'creditId'],
  cast_id: ['integer', 'castId'],
  person_id: ['text', 'personId'],
  department: ['text', 'department'],
  job: ['text', 'job'],
  character: ['text', 'character'],
  place: ['integer', 'place'],
  film_rank: ['bigint', 'filmRank'],
});

const OVERRIDE_ROWS = rowArrays<CreditOverride>({
  movie_id: ['text', 'movieId'],
  key: ['text', 'key'],
  state: ['text', 'state'],
  observed: ['jsonb', ({ observed }) => (observed === null ? null : JSON.stringify(observed))],
  edits: ['jsonb', ({ edits }) => JSON.stringify(edits)],
});

const WITHHELD = rowArrays<{ readonly movieId: string; readonly credits: readonly Credit[] }>({
  movie_id: ['text', 'movieId'],
  credits: ['jsonb', ({ credits }) => JSON.stringify(credits)],
});

const DELETE_OTHERS = `
  delete from credits
  where movie_id = any($1::text[])
    and not exists (
      select from ${CREDIT_REFS.as('kept', 2)}
      where kept.movie_id = credits.movie_id and kept.key = credits.key
    )
  returning movie_id as "movieId"`;

const DELETE = `
  delete from credits using ${CREDIT_REFS.as('gone')}
  where credits.movie_id = gone.movie_id and credits.key = gone.key
  returning credits.movie_id as "movieId"`;

// Most credits of an observed movie are unchanged, and are not written again. The version is the movie's next one, which the publication
// of the change assigns: the movie is locked, so no other transaction increases it.
const UPSERT = `
  insert into credits as stored (
    ${CREDITS.columns}, version, release_date
  )
  select given.*, movies.next, movies.release_date
  from ${CREDITS.as('given')}
  join (
    select v.id, v.version + 1 as next, m.release_date
    from entity_versions v left join movies m on m.id = v.id
    where v.entity = 'MovieCredits' and v.id = any($12::text[]) offset 0
  ) movies on movies.id = given.movie_id
  on conflict (movie_id, key) do update set
    kind = excluded.kind, credit_id = excluded.credit_id, cast_id = excluded.cast_id, person_id = excluded.person_id,
    department = excluded.department, job = excluded.job, character = excluded.character, place = excluded.place,
    film_rank = excluded.film_rank, version = excluded.version
  where (stored.kind, stored.credit_id, stored.cast_id, stored.person_id, stored.department, stored.job, stored.character,
      stored.place)
    is distinct from
    (excluded.kind, excluded.credit_id, excluded.cast_id, excluded.person_id, excluded.department, excluded.job,
      excluded.character, excluded.place)
  returning stored.movie_id as "movieId", stored.person_id as "personId"`;

const DELETED_MOVIES = `select movie_id as id from deleted_movies where movie_id = any($1::text[])`;

const OVERRIDES = `
  select movie_id as "movieId", key, state, observed, edits from credit_overrides where movie_id = any($1::text[])`;

const SAVE_OVERRIDES = `
  insert into credit_overrides (${OVERRIDE_ROWS.columns}) select * from ${OVERRIDE_ROWS.unnest()}
  on conflict (movie_id, key) do update
  set state = excluded.state, observed = excluded.observed, edits = excluded.edits`;

const DROP_OVERRIDES = `
  delete from credit_overrides o using ${CREDIT_REFS.as('gone')}
  where o.movie_id = gone.movie_id and o.key = gone.key`;

const WITHHOLD = `
  update deleted_movies set withheld_credits = stored.credits
  from ${WITHHELD.as('stored')}
  where deleted_movies.movie_id = stored.movie_id`;

/** Writes within a transaction: the number of statements does not grow with the batch. */
export function postgresCreditWriter(tx: Queryable): CreditWriter {
  async function upsert(credits: readonly Credit[]) {
    const movieIds = new Set(credits.map(({ movieId }) => movieId));
    const upserted = tx.query<{ movieId: string; personId: string }>({
      name: 'upsert_credits',
      text: UPSERT,
      values: [...CREDITS.values(credits), [...movieIds]],
    });
    return (await upserted.catch(asTransient)).rows;
  }

  return {
    async lockMovies(movieIds) {
      await lockEntities(tx, 'MovieCredits', movieIds);
      // After the wait, in statements of their own, which see the commits of other transactions.
      const gone = await tx.query<{ id: string }>({ name: 'held_deleted', text: DELETED_MOVIES, values: [movieIds] });
      const text = OVERRIDES;
      const { rows } = await tx.query<CreditOverride>({ name: 'credit_overrides', text, values: [movieIds] });
      return { gone: new Set(gone.rows.map(({ id }) => id)), overrides: rows };
    },

    async replaceCredits(movieIds, credits) {
      const removed = await tx.query<{ movieId: string }>({
        name: 'delete_other_credits',
        text: DELETE_OTHERS,
        values: [movieIds, ...CREDIT_REFS.values(credits)],
      });
      return changedMovies(removed.rows, await upsert(credits));
    },

    async writeCredits(written, removed) {
      const upserted = written.length > 0 ? await upsert(written) : [];
      if (removed.length === 0) return changedMovies([], upserted);
      const values = CREDIT_REFS.values(removed);
      const deleted = await tx.query<{ movieId: string }>({ name: 'delete_credits', text: DELETE, values });
      return changedMovies(deleted.rows, upserted);
    },

    async saveOverrides(kept, dropped) {
      if (kept.length > 0) {
        const values = OVERRIDE_ROWS.values(kept);
        await tx.query({ name: 'save_credit_overrides', text: SAVE_OVERRIDES, values });
      }
      if (dropped.length > 0) {
        const values = CREDIT_REFS.values(dropped);
        await tx.query({ name: 'drop_credit_overrides', text: DROP_OVERRIDES, values });
      }
    },

    async withholdCredits(movieIds, credits) {
      const byMovie = Map.groupBy(credits, ({ movieId }) => movieId);
      const values = WITHHELD.values(movieIds.map((movieId) => ({ movieId, credits: byMovie.get(movieId) ?? [] })));
      await tx.query({ name: 'withhold_credits', text: WITHHOLD, values });
    },
  };
}

/**
 * Rethrows a violation of the foreign key of persons as a transient error: unchanged persons are not locked, so another transaction may
 * have removed one or added a credit. The retried transaction reads that (`isTransient`).
 */
export function asTransient(error: unknown): never {
  const isOfPerson = (error as { constraint?: unknown }).constraint === 'credits_person_id_fkey';
  throw isOfPerson && sqlState(error) === '23503'
    ? Object.assign(new Error('A concurrent transaction has changed a person or its credits.', { cause: error }), {
        code: '40001',
      })
    : error;
}

/** Returns the movies of removed and written rows, with the persons of the written ones. */
export function changedMovies(
  removed: readonly { readonly movieId: string }[],
  written: readonly { readonly movieId: string; readonly personId: string }[],
): readonly ChangedCredits[] {
  const changed = new Map<string, Set<string>>(removed.map(({ movieId }) => [movieId, new Set()]));
  for (const { movieId, personId } of written) {
    changed.set(movieId, (changed.get(movieId) ?? new Set()).add(personId));
  }
  return [...changed].map(([movieId, personIds]) => ({ movieId, personIds: [...personIds] }));
}
