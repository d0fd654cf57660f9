import type { Queryable } from '@marquee/postgres/queryable';
import type { CreditEditor } from '../application/credit-writer.ts';
import type { StoredCredit } from '../domain/credit.ts';
import { type CreditOverride, creditRefKey } from '../domain/credit-overrides.ts';
import { CREDIT_COLUMNS, CREDIT_JSON, CREDIT_REFS } from './credit-columns.ts';
import { changedMovies, postgresCreditWriter } from './postgres-credit-writer.ts';

const LAST_PLACE = (kind: string) =>
  `(select c.place from credits c where c.movie_id = movie.id and c.kind = '${kind}' order by c.place desc, c.key desc limit 1)`;

const MOVIE_STATES = `
  select movie.id, not exists (select from deleted_movies d where d.movie_id = movie.id) and (
      exists (select from movies m where m.id = movie.id) or exists (select from credits c where c.movie_id = movie.id)
    ) as "isKnown",
    ${LAST_PLACE('cast')} as "lastCast", ${LAST_PLACE('crew')} as "lastCrew"
  from unnest($1::text[]) as movie (id)`;

const FIND = `
  select ${CREDIT_COLUMNS}
  from ${CREDIT_REFS.as('wanted')}
  join credits c on c.movie_id = wanted.movie_id and c.key = wanted.key`;

const OF_PERSON = `coalesce(observed ->> 'personId', edits ->> 'personId')`;

const MOVIES_OF = `
  select movie_id as id from credits where person_id = any($1::text[])
  union select movie_id from credit_overrides where ${OF_PERSON} = any($1::text[])`;

const MOVIES_OF_DELETED = `
  select movie_id as id from credit_overrides
  where ${OF_PERSON} = $1 and exists (select from person_overrides where person_id = $1 and deleted)`;

const LOCK_PERSONS = 'select from persons where id = any($1::text[]) order by id for update';

// A client's edit or deletion of a credit is stored already.
const HIDE = `
  with gone as (
    delete from credits where person_id = any($1::text[]) returning *
  ), forgotten as (
    delete from credit_overrides where state = 'made' and ${OF_PERSON} = any($1::text[]) returning movie_id, key
  ), remembered as (
    insert into credit_overrides (movie_id, key, state, observed)
    select c.movie_id, c.key, 'hidden', ${CREDIT_JSON}
    from gone c
    where not exists (select from credit_overrides o where o.movie_id = c.movie_id and o.key = c.key)
  )
  select distinct movie_id as "movieId", true as "isShown" from gone
  union all select distinct movie_id, false from forgotten`;

const OVERRIDES_OF = `
  select movie_id as "movieId", key, state, observed, edits from credit_overrides where ${OF_PERSON} = $1`;

/** Reads and writes credits for mutations of clients, through a transaction. */
export function postgresCreditEditor(tx: Queryable): CreditEditor {
  return {
    ...postgresCreditWriter(tx),

    async movieStates(movieIds) {
      const { rows } = await tx.query<{
        id: string;
        isKnown: boolean;
        lastCast: number | null;
        lastCrew: number | null;
      }>({ name: 'movie_states', text: MOVIE_STATES, values: [movieIds] });
      return new Map(
        rows.map(({ id, isKnown, lastCast, lastCrew }) => [
          id,
          { isKnown, lastPlace: { cast: lastCast, crew: lastCrew } },
        ]),
      );
    },

    async findCredits(refs) {
      const { rows } = await tx.query<StoredCredit>({
        name: 'find_credits',
        text: FIND,
        values: CREDIT_REFS.values(refs),
      });
      return new Map(rows.map((credit) => [creditRefKey(credit), credit]));
    },

    async moviesOf(personIds) {
      const { rows } = await tx.query<{ id: string }>({ name: 'movies_of', text: MOVIES_OF, values: [personIds] });
      return rows.map(({ id }) => id);
    },

    async moviesOfDeleted(personId) {
      const text = MOVIES_OF_DELETED;
      const { rows } = await tx.query<{ id: string }>({ name: 'movies_of_deleted', text, values: [personId] });
      return [...new Set(rows.map(({ id }) => id))];
    },

    async hideCreditsOf(personIds, movies) {
      // Observations add credits of persons without locking them: waits for running transactions, and then sees their credits.
      await tx.query({ name: 'lock_persons', text: LOCK_PERSONS, values: [personIds] });
      const { rows } = await tx.query<{ movieId: string; isShown: boolean }>({
        name: 'hide_credits',
        text: HIDE,
        values: [personIds],
      });
      checkLocked(rows, movies);
      const removed = rows.filter(({ isShown }) => isShown);
      return changedMovies(removed, []);
    },

    async overridesOf(personId, movies) {
      const { rows } = await tx.query<CreditOverride>({
        name: 'overrides_of_person',
        text: OVERRIDES_OF,
        values: [personId],
      });
      checkLocked(rows, movies);
      return rows;
    },
  };
}

/** Throws a transient error when a movie is not locked: movies are locked before persons, so the transaction starts again. */
function checkLocked(rows: readonly { readonly movieId: string }[], movies: readonly string[]): void {
  const held = new Set(movies);
  if (rows.every(({ movieId }) => held.has(movieId))) return;
  throw Object.assign(new Error('The person has got a credit in another movie meanwhile.'), { code: '40001' });
}
