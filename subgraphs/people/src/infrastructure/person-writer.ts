import { MOVIE_CREDITS } from '@marquee/events/topics';
import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import type { Queryable } from '@marquee/postgres/queryable';
import type { PersonWriter } from '../application/person-writer.ts';
import type { Person, PersonObservation } from '../domain/person.ts';
import type { PersonOverride, PersonState } from '../domain/person-overrides.ts';
import { PERSON_COLUMNS } from './person-columns.ts';

/** What is given of persons: the parameters of {@link persons}, in order. */
const GIVEN = `unnest(
  $1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::double precision[],
  $9::boolean[], $10::timestamptz[]
)`;
const COLUMNS =
  'id, tmdb_id, name, original_name, gender, known_for_department, profile_path, popularity, adult, observed_at';

/** What a field comes to: what the client says, or what is observed. */
const unlessEdited = (field: string, column: string) =>
  `case when o.edited ? '${field}' then p.${column} else s.${column} end as ${column}`;

/** Sets every column but the id to what was to be inserted. */
const SET = COLUMNS.split(', ')
  .filter((column) => column !== 'id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

/** SQL query for later observations of a person's movies: an unchanged person is not written, so these tell when it was last seen. */
const SEEN_LATER = `
  select from credits c join inbox_observations o on o.topic = '${MOVIE_CREDITS.name}' and o.key = c.movie_id
  where c.person_id = s.id and o.observed_at > s.observed_at`;

/* Persons whom an observation may change: new ones, those that clients touched, and those of whom it says something newer and else. */
const DIFFERING = `
  select overwritten.total as overwritten, differing.* from person_overwrites overwritten left join (
  select s.id, p.id is null as "isNew"
  from ${GIVEN} as s (${COLUMNS})
  left join persons p on p.id = s.id
  where p.id is null
    or (p.observed_at < s.observed_at and
      (p.tmdb_id, p.name, p.original_name, p.gender, p.known_for_department, p.profile_path, p.popularity, p.adult)
      is distinct from
      (s.tmdb_id, s.name, s.original_name, s.gender, s.known_for_department, s.profile_path, s.popularity, s.adult))
    or exists (select from person_overrides o where o.person_id = s.id)
  ) differing on true`;

/*
 * The persons are held, so what is read of them here is what is written over. `o` is the override of nearly nobody.
 */
const OBSERVE = `
  with seen as (
    select * from ${GIVEN} with ordinality as seen (${COLUMNS}, number)
  ), overridden as materialized (
    select * from person_overrides where person_id = any($1::text[])
  ), previous as (
    select p.* from persons p where p.id = any($1::text[])
  ), told as (
    select s.number, s.id, s.tmdb_id, ${unlessEdited('name', 'name')}, ${unlessEdited('originalName', 'original_name')},
      ${unlessEdited('gender', 'gender')}, ${unlessEdited('knownForDepartment', 'known_for_department')},
      ${unlessEdited('profilePath', 'profile_path')}, ${unlessEdited('popularity', 'popularity')}, ${unlessEdited('adult', 'adult')}, s.observed_at
    from seen s left join previous p on p.id = s.id left join overridden o on o.person_id = s.id
    where o.deleted is not true
  ), kept as (
    update person_overrides o
    set observed_at = s.observed_at, observed = jsonb_build_object(
      'id', s.id, 'tmdbId', s.tmdb_id, 'name', s.name, 'originalName', s.original_name, 'gender', s.gender,
      'knownForDepartment', s.known_for_department, 'profilePath', s.profile_path, 'popularity', s.popularity, 'adult', s.adult
    )
    from seen s join overridden on overridden.person_id = s.id
    where o.person_id = s.id and o.observed_at < s.observed_at
  ), written as (
    insert into persons as known (${COLUMNS})
    select ${COLUMNS} from told s
    where not exists (select from previous p where p.id = s.id) or not exists (${SEEN_LATER})
    order by number
    on conflict (id) do update set ${SET}
    where known.observed_at < excluded.observed_at
    returning known.id
  )
  select t.id, false as deleted
  from written w join told t on t.id = w.id left join previous p on p.id = t.id
  where p.id is null or
    (p.tmdb_id, p.name, p.original_name, p.gender, p.known_for_department, p.profile_path, p.popularity, p.adult)
    is distinct from
    (t.tmdb_id, t.name, t.original_name, t.gender, t.known_for_department, t.profile_path, t.popularity, t.adult)
  union all
  select person_id, true from overridden where deleted`;

const STALE = `
  select s.id from unnest($1::text[], $2::timestamptz[]) as s (id, observed_at) where exists (${SEEN_LATER})`;

/** Whoever changes persons who are there, and those who leave them as they are, commit one after the other. */
const CONFIRMING = advisoryLockKey('people:observations');

const SAVE = `
  insert into persons (${COLUMNS}) select * from ${GIVEN}
  on conflict (id) do update set ${SET}`;

const STATES = `
  select given.id as "personId", ${PERSON_COLUMNS}, p.observed_at as "observedAt", o.observed, o.observed_at as "saidAt", o.edited, o.deleted
  from unnest($1::text[]) as given (id)
  left join persons p on p.id = given.id
  left join person_overrides o on o.person_id = given.id`;

const SAVE_OVERRIDES = `
  insert into person_overrides (person_id, observed, observed_at, edited, deleted)
  select * from unnest($1::text[], $2::jsonb[], $3::timestamptz[], $4::jsonb[], $5::boolean[])
  on conflict (person_id) do update
  set observed = excluded.observed, observed_at = excluded.observed_at, edited = excluded.edited, deleted = excluded.deleted`;

/** A row of {@link STATES}; what is there not is null. */
type StateRow = Person & {
  readonly personId: string;
  readonly observedAt: Date | null;
  readonly saidAt: Date | null;
} & Pick<PersonOverride, 'observed' | 'edited' | 'deleted'>;

/** Writes through a transaction: the number of statements does not grow with the batch. */
export function personWriter(tx: Queryable): PersonWriter {
  const left: PersonObservation[] = [];
  const updated: PersonObservation[] = [];
  /** `person_overwrites` as {@link DIFFERING} saw it. */
  let overwritten = 0;

  async function differing(observations: readonly PersonObservation[]) {
    const { rows } = await tx.query<{ overwritten: number; id: string | null; isNew: boolean }>({
      name: 'differing_persons',
      text: DIFFERING,
      values: persons(observations),
    });
    const found = new Map(rows.flatMap(({ id, isNew }) => (id === null ? [] : [[id, { isNew }]])));
    return { found, overwritten: rows[0]?.overwritten ?? 0 };
  }

  /** The number of overwrites that others have committed, which no other transaction changes until this one ends. */
  async function countOverwrites(): Promise<number> {
    const isOne = updated.length > 0;
    const lock = isOne ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
    await tx.query({ name: lock, text: `select ${lock}($1)`, values: [CONFIRMING] });
    // In a statement after the lock: it sees what was committed before it was got.
    const { rows } = await tx.query<{ others: number }>(
      isOne
        ? {
            name: 'count_overwrite',
            text: 'update person_overwrites set total = total + 1 returning total - 1 as others',
          }
        : { name: 'overwrites', text: 'select total as others from person_overwrites' },
    );
    return rows[0]?.others ?? 0;
  }

  return {
    async holdPersons(ids) {
      if (ids.length === 0) return new Map();
      const versions = await lockEntities(tx, 'Person', ids);
      const { rows } = await tx.query<StateRow>({ name: 'person_states', text: STATES, values: [ids] });
      return new Map(rows.map((row) => [row.personId, stateOf(row, versions.get(row.personId)?.version ?? 0)]));
    },

    async observePersons(observations) {
      if (observations.length === 0) return { changed: [], deleted: new Set() };
      const { found, ...seen } = await differing(observations);
      overwritten = seen.overwritten;
      const held = observations.filter(({ person }) => found.has(person.id));
      left.push(...observations.filter(({ person }) => !found.has(person.id)));
      if (held.length === 0) return { changed: [], deleted: new Set() };
      const ids = held.map(({ person }) => person.id);
      const areNew = held.some(({ person }) => found.get(person.id)?.isNew);
      await lockEntities(tx, 'Person', ids, areNew);
      const { rows } = await tx.query<{ id: string; deleted: boolean }>({
        name: 'observe_persons',
        text: OBSERVE,
        values: persons(held),
      });
      const idsOf = (deleted: boolean) => rows.filter((row) => row.deleted === deleted).map(({ id }) => id);
      const changed = new Set(idsOf(false));
      const wasThere = ({ id }: Person) => changed.has(id) && found.get(id)?.isNew === false;
      updated.push(...held.filter(({ person }) => wasThere(person)));
      return { changed: [...changed], deleted: new Set(idsOf(true)) };
    },

    async confirmObservations() {
      if (left.length + updated.length === 0) return;
      const wereOthers = (await countOverwrites()) !== overwritten;
      if (left.length > 0 && wereOthers && (await differing(left)).found.size > 0) throw overtaken();
      if (updated.length === 0) return;
      const values = [updated.map(({ person }) => person.id), updated.map(({ observedAt }) => observedAt)];
      const { rows } = await tx.query({ name: 'stale_observations', text: STALE, values });
      if (rows.length > 0) throw overtaken();
    },

    async savePersons(saved) {
      if (saved.length > 0) await tx.query({ name: 'save_persons', text: SAVE, values: persons(saved) });
    },

    async removePersons(ids) {
      if (ids.length === 0) return;
      await tx.query({ name: 'remove_persons', text: 'delete from persons where id = any($1::text[])', values: [ids] });
    },

    async saveOverrides(kept, dropped) {
      if (kept.length > 0) {
        const values = [
          kept.map(({ personId }) => personId),
          kept.map(({ observed }) => JSON.stringify(observed)),
          kept.map(({ observedAt }) => observedAt),
          kept.map(({ edited }) => JSON.stringify(edited)),
          kept.map(({ deleted }) => deleted),
        ];
        await tx.query({ name: 'save_person_overrides', text: SAVE_OVERRIDES, values });
      }
      if (dropped.length > 0) {
        const text = 'delete from person_overrides where person_id = any($1::text[])';
        await tx.query({ name: 'drop_person_overrides', text, values: [dropped] });
      }
    },
  };
}

/** The transaction is tried again, and then sees what the other one wrote (`isTransient`). */
function overtaken(): Error {
  return Object.assign(new Error('A concurrent transaction has changed a person.'), { code: '40001' });
}

function persons(given: readonly { readonly person: Person; readonly observedAt: Date | null }[]): unknown[] {
  const column = <Name extends keyof Person>(name: Name) => given.map(({ person }) => person[name]);
  return [
    column('id'),
    column('tmdbId'),
    column('name'),
    column('originalName'),
    column('gender'),
    column('knownForDepartment'),
    column('profilePath'),
    column('popularity'),
    column('adult'),
    given.map(({ observedAt }) => observedAt),
  ];
}

function stateOf(row: StateRow, version: number): PersonState {
  const { personId, observedAt, saidAt, observed, edited, deleted, ...person } = row;
  return {
    person: person.id === null ? null : person,
    observedAt,
    override: saidAt === null ? null : { personId, observed, observedAt: saidAt, edited, deleted },
    version,
  };
}
