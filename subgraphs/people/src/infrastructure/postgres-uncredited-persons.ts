import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import type { Queryable } from '@marquee/postgres/queryable';
import type { UncreditedPersons } from '../application/uncredited-persons.ts';
import { asTransient } from './postgres-credit-writer.ts';

const CREDITED = `
  select distinct credited.id from (
    select person_id as id from credits where movie_id = any($1::text[])
    union all
    select credit ->> 'personId' from deleted_movies d cross join lateral jsonb_array_elements(d.withheld_credits) credit
    where d.movie_id = any($1::text[])
  ) credited
  where not exists (select from unnest($2::text[]) as still (id) where still.id = credited.id)`;

const UNCREDITED = `
  p.id = any($1::text[]) and p.observed_at is not null
  and not exists (select from credits c where c.person_id = p.id)
  and not exists (select from person_overrides o where o.person_id = p.id)
  and not exists (
    select from credit_overrides o where coalesce(o.observed ->> 'personId', o.edits ->> 'personId') = p.id
  )
  and not exists (
    select from deleted_movies d
    where d.withheld_credits @> jsonb_build_array(jsonb_build_object('personId', p.id))
  )`;

const FIND = `select p.id from persons p where ${UNCREDITED}`;

const REMOVE = `delete from persons p where ${UNCREDITED} returning p.id`;

/** Finds and removes persons within a transaction, by a number of statements that does not grow with theirs. */
export function postgresUncreditedPersons(tx: Queryable): UncreditedPersons {
  return {
    async creditedIn(movieIds, except) {
      const { rows } = await tx.query<{ id: string }>({
        name: 'credited_persons',
        text: CREDITED,
        values: [movieIds, [...except]],
      });
      return rows.map(({ id }) => id);
    },

    async remove(personIds) {
      if (personIds.length === 0) return [];
      const found = await tx.query<{ id: string }>({ name: 'uncredited_persons', text: FIND, values: [personIds] });
      if (found.rows.length === 0) return [];
      const ids = found.rows.map(({ id }) => id);
      await lockEntities(tx, 'Person', ids);
      // After the wait, in a statement of its own, which sees the commits of clients.
      const removal = tx.query<{ id: string }>({ name: 'remove_uncredited_persons', text: REMOVE, values: [ids] });
      return (await removal.catch(asTransient)).rows.map(({ id }) => id);
    },
  };
}
