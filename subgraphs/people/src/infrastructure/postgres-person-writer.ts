import { MOVIE_CREDITS } from '@marquee/events/topics';
import { lockEntities } from '@marquee/inbox-outbox/entity-versions';
import { advisoryLockKey } from '@marquee/postgres/advisory-lock';
import type { Queryable } from '@marquee/postgres/queryable';
import { rowArrays } from '@marquee/postgres/row-arrays';
import type { PersonsObserved, PersonWriter } from '../application/person-writer.ts';
import type { Person, PersonObservation } from '../domain/person.ts';
import { afterObservation, isShownAlike, type PersonOverride, type PersonState } from '../domain/person-overrides.ts';
import { PERSON_COLUMNS } from './person-columns.ts';
import {
  effective,
  HAS_NEWER_DETAILS,
  type NewerFacts,
  newerFactsStatement,
  takeDetailsStatement,
} from './shared-facts-statements.ts';

/** A person and the time of TMDb's observation; null for a person whom a client created. */
interface GivenPerson {
  readonly person: Person;
  readonly observedAt: Date | null;
}

const PERSONS = rowArrays<GivenPerson>({
  id: ['text', ({ person }) => person.id],
  tmdb_id: ['integer', ({ person }) => person.tmdbId],
  name: ['text', ({ person }) => person.name],
  original_name: ['text', ({ person }) => person.originalName],
  gender: ['text', ({ person }) => person.gender],
  known_for_department: ['text', ({ person }) => person.knownForDepartment],
  profile_path: ['text', ({ person }) => person.profilePath],
  popularity: ['double precision', ({ person }) => person.popularity],
  adult: ['boolean', ({ person }) => person.adult],
  observed_at: ['timestamptz', 'observedAt'],
});

const OBSERVATIONS = rowArrays<SeenPerson>({
  id: ['text', 'id'],
  observed_at: ['timestamptz', 'observedAt'],
});

const OVERRIDES = rowArrays<PersonOverride>({
  person_id: ['text', 'personId'],
  observed: ['jsonb', ({ observed }) => JSON.stringify(observed)],
  observed_at: ['timestamptz', 'observedAt'],
  edited: ['jsonb', ({ edited }) => JSON.stringify(edited)],
  deleted: ['boolean', 'deleted'],
});

/** Columns that details have no values of. */
const OF_CREDITS = ['id', 'tmdb_id', 'original_name', 'observed_at'];

/** Sets every column except the id to the excluded row's value. */
const SET = PERSONS.columns
  .split(', ')
  .filter((column) => column !== 'id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ');

/** SQL query for later observations of a person's movies: an unchanged person is not written, so these have its last observation. */
const SEEN_LATER = `
  select from credits c join inbox_observations o on o.topic = '${MOVIE_CREDITS.name}' and o.key = c.movie_id
  where c.person_id = s.id and o.observed_at > s.observed_at`;

/* Reads the persons whom an observation may change: new ones, those with overrides, and those with newer and different data. */
const DIFFERING = `
  select overwritten.total as overwritten, differing.* from person_overwrites overwritten left join (
  select s.id, p.id is null as "isNew"
  from ${PERSONS.as('s')}
  left join persons p on p.id = s.id
  where p.id is null
    or (p.observed_at < s.observed_at and
      (p.tmdb_id, p.name, p.original_name, p.gender, p.known_for_department, p.profile_path, p.popularity, p.adult)
      is distinct from
      (s.tmdb_id, s.name, s.original_name, s.gender, s.known_for_department, s.profile_path, s.popularity, s.adult)
      and not ${HAS_NEWER_DETAILS})
    or exists (select from person_overrides o where o.person_id = s.id)
  ) differing on true`;

/* Writes the persons without overrides, and returns the changed ones, and the ids of those with overrides. All are locked. */
const OBSERVE = `
  with seen as (
    select * from ${effective(`${PERSONS.unnest()} with ordinality as s (${PERSONS.columns}, number)`, [...OF_CREDITS, 'number'])} seen
  ), previous as (
    select p.* from persons p where p.id = any($1::text[])
  ), written as (
    insert into persons as stored (${PERSONS.columns})
    select ${PERSONS.columns} from seen s
    where not exists (select from person_overrides o where o.person_id = s.id)
      and (not exists (select from previous p where p.id = s.id) or not exists (${SEEN_LATER}))
    order by number
    on conflict (id) do update set ${SET}
    where stored.observed_at < excluded.observed_at
    returning stored.id
  )
  select s.id, false as "isOverridden"
  from written w join seen s on s.id = w.id left join previous p on p.id = s.id
  where p.id is null or
    (p.tmdb_id, p.name, p.original_name, p.gender, p.known_for_department, p.profile_path, p.popularity, p.adult)
    is distinct from
    (s.tmdb_id, s.name, s.original_name, s.gender, s.known_for_department, s.profile_path, s.popularity, s.adult)
  union all
  select person_id, true from person_overrides where person_id = any($1::text[])`;

const NEWER_FACTS = newerFactsStatement(OBSERVATIONS.as('s'));

const TAKE_DETAILS = takeDetailsStatement(SEEN_LATER);

const STALE = `
  select s.id from ${OBSERVATIONS.as('s')} where exists (${SEEN_LATER})`;

/** Advisory lock that serialises transactions that change existing persons with transactions that skip unchanged ones. */
const CONFIRMING = advisoryLockKey('people:observations');

const SAVE = `
  insert into persons (${PERSONS.columns}) select * from ${PERSONS.unnest()}
  on conflict (id) do update set ${SET}`;

const STATES = `
  select given.id as "personId", ${PERSON_COLUMNS}, p.observed_at as "observedAt", o.observed, o.observed_at as "saidAt", o.edited, o.deleted
  from unnest($1::text[]) as given (id)
  left join persons p on p.id = given.id
  left join person_overrides o on o.person_id = given.id`;

const SAVE_OVERRIDES = `
  insert into person_overrides (${OVERRIDES.columns}) select * from ${OVERRIDES.unnest()}
  on conflict (person_id) do update
  set observed = excluded.observed, observed_at = excluded.observed_at, edited = excluded.edited, deleted = excluded.deleted`;

/** A row of {@link STATES}; a missing part is null. */
type StateRow = Person & {
  readonly personId: string;
  readonly observedAt: Date | null;
  readonly saidAt: Date | null;
} & Pick<PersonOverride, 'observed' | 'edited' | 'deleted'>;

/** A person at the time of an observation. */
interface SeenPerson {
  readonly id: string;
  readonly observedAt: Date;
}

const seenPerson = ({ person, observedAt }: PersonObservation): SeenPerson => ({ id: person.id, observedAt });

/** Writes within a transaction: the number of statements does not grow with the batch. */
export function postgresPersonWriter(tx: Queryable): PersonWriter {
  const left: PersonObservation[] = [];
  const updated: SeenPerson[] = [];
  /** `person_overwrites` as {@link DIFFERING} saw it. */
  let overwritten = 0;

  async function differing(observations: readonly PersonObservation[]) {
    const { rows } = await tx.query<{ overwritten: number; id: string | null; isNew: boolean }>({
      name: 'differing_persons',
      text: DIFFERING,
      values: PERSONS.values(observations),
    });
    const found = new Map(rows.flatMap(({ id, isNew }) => (id === null ? [] : [[id, { isNew }]])));
    return { found, overwritten: rows[0]?.overwritten ?? 0 };
  }

  /** Returns the number of overwrites that others have committed; no other transaction changes it until this one ends. */
  async function countOverwrites(): Promise<number> {
    const isOne = updated.length > 0;
    const lock = isOne ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
    await tx.query({ name: lock, text: `select ${lock}($1)`, values: [CONFIRMING] });
    // In a statement after the lock, which sees all commits before it.
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

  async function statesOf(ids: readonly string[], versionOf: (id: string) => number) {
    const { rows } = await tx.query<StateRow>({ name: 'person_states', text: STATES, values: [ids] });
    return new Map(rows.map((row) => [row.personId, stateOf(row, versionOf(row.personId))]));
  }

  /** Returns the ids of those persons of whom the inbox has a later observation that did not change them. */
  async function seenLater(observations: readonly SeenPerson[]): Promise<ReadonlySet<string>> {
    const values = OBSERVATIONS.values(observations);
    const { rows } = await tx.query<{ id: string }>({ name: 'stale_observations', text: STALE, values });
    return new Set(rows.map(({ id }) => id));
  }

  async function saveOverrides(kept: readonly PersonOverride[]) {
    await tx.query({ name: 'save_person_overrides', text: SAVE_OVERRIDES, values: OVERRIDES.values(kept) });
  }

  /** Observes locked persons whom clients edited or deleted: most batches have none, and execute no statement for them. */
  async function observeTouched(observations: readonly PersonObservation[]): Promise<PersonsObserved> {
    if (observations.length === 0) return { changed: [], deleted: new Set() };
    const states = await statesOf(
      observations.map(({ person }) => person.id),
      () => 0,
    );
    const seen = observations.map(seenPerson);
    const later = await seenLater(seen);
    const { rows: facts } = await tx.query<NewerFacts>({
      name: 'newer_facts',
      text: NEWER_FACTS,
      values: OBSERVATIONS.values(seen),
    });
    const newer = new Map(facts.map((each) => [each.id, each]));
    const saved: { person: Person; observedAt: Date }[] = [];
    const kept: PersonOverride[] = [];
    const changed: string[] = [];
    const deleted = new Set<string>();
    for (const observation of observations) {
      const { id } = observation.person;
      const state = states.get(id);
      if (state?.override == null) continue;
      const effectiveObservation = { ...observation, person: { ...observation.person, ...newer.get(id) } };
      const { person, override } = afterObservation(effectiveObservation, state, state.override);
      if (override !== state.override) kept.push(override);
      if (override.deleted) deleted.add(id);
      if (person === null || later.has(id)) continue;
      saved.push({ person, observedAt: observation.observedAt });
      if (state.person === null || !isShownAlike(person, state.person)) changed.push(id);
    }
    if (saved.length > 0) await tx.query({ name: 'save_persons', text: SAVE, values: PERSONS.values(saved) });
    if (kept.length > 0) await saveOverrides(kept);
    return { changed, deleted };
  }

  return {
    async lockPersons(ids) {
      if (ids.length === 0) return new Map();
      const versions = await lockEntities(tx, 'Person', ids);
      return statesOf(ids, (id) => versions.get(id)?.version ?? 0);
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
      const { rows } = await tx.query<{ id: string; isOverridden: boolean }>({
        name: 'observe_persons',
        text: OBSERVE,
        values: PERSONS.values(held),
      });
      const touched = new Set(rows.filter(({ isOverridden }) => isOverridden).map(({ id }) => id));
      const ofTouched = await observeTouched(held.filter(({ person }) => touched.has(person.id)));
      const written = rows.filter(({ isOverridden }) => !isOverridden).map(({ id }) => id);
      const changed = new Set([...written, ...ofTouched.changed]);
      const wasThere = ({ id }: Person) => changed.has(id) && found.get(id)?.isNew === false;
      updated.push(...held.filter(({ person }) => wasThere(person)).map(seenPerson));
      return { changed: [...changed], deleted: ofTouched.deleted };
    },

    async takeDetails(details) {
      if (details.length === 0) return;
      const observedAt = new Map(details.map((each) => [each.personId, each.observedAt]));
      const { rows } = await tx.query<{ id: string }>({
        name: 'take_details',
        text: TAKE_DETAILS,
        values: [[...observedAt.keys()]],
      });
      updated.push(...rows.map(({ id }) => ({ id, observedAt: observedAt.get(id) as Date })));
    },

    async confirmObservations() {
      if (left.length + updated.length === 0) return;
      const wereOthers = (await countOverwrites()) !== overwritten;
      if (left.length > 0 && wereOthers && (await differing(left)).found.size > 0) throw overtaken();
      if (updated.length > 0 && (await seenLater(updated)).size > 0) throw overtaken();
    },

    async savePersons(saved) {
      if (saved.length > 0) await tx.query({ name: 'save_persons', text: SAVE, values: PERSONS.values(saved) });
    },

    async removePersons(ids) {
      if (ids.length === 0) return;
      await tx.query({ name: 'remove_persons', text: 'delete from persons where id = any($1::text[])', values: [ids] });
    },

    async saveOverrides(kept, dropped) {
      if (kept.length > 0) await saveOverrides(kept);
      if (dropped.length > 0) {
        const text = 'delete from person_overrides where person_id = any($1::text[])';
        await tx.query({ name: 'drop_person_overrides', text, values: [dropped] });
      }
    },
  };
}

/** Returns a transient error: the retried transaction reads the writes of the other one (`isTransient`). */
function overtaken(): Error {
  return Object.assign(new Error('A concurrent transaction has changed a person.'), { code: '40001' });
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
