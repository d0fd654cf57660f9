import type { NotFound, Outcome, Outdated } from '@marquee/subgraph/mutations/outcome';
import { shownCredit } from '../domain/credit-overrides.ts';
import type { Person } from '../domain/person.ts';
import { DETAIL_FIELDS, type EditableDetails } from '../domain/person-details.ts';
import {
  afterDeletion,
  afterEdit,
  afterRelease,
  type EditableFacts,
  madePerson,
  type PersonFacts,
  type PersonField,
  type PersonOverride,
  type PersonState,
  splitFacts,
} from '../domain/person-overrides.ts';
import type { PeopleChanged } from './apply-credits.ts';
import type { ChangedCredits, CreditEditor } from './credit-writer.ts';
import type { PersonDetailsWriter } from './person-details-writer.ts';
import type { PersonWriter } from './person-writer.ts';

/** Fields of a person whom a client creates; an absent detail is unknown. */
export type NewPerson = PersonFacts & Partial<EditableDetails>;

/** A client's change of a person. Each person may occur once in a batch. */
export type PersonChange =
  | { readonly kind: 'create'; readonly facts: NewPerson }
  | { readonly kind: 'update'; readonly id: string; readonly version: number; readonly edits: Partial<EditableFacts> }
  | { readonly kind: 'delete'; readonly id: string; readonly version: number };

/** Overrides that a client releases. */
export interface PersonRelease {
  readonly id: string;
  readonly version: number;
  /** Null: all of them. */
  readonly fields: readonly PersonField[] | null;
}

/** Refusal of changes; `deleted`: single fields of a person whom a client deleted were to be released. */
export type PersonRefusal = NotFound | Outdated | { readonly kind: 'deleted' };

/** The written persons in the order of their changes, and all changes to publish. */
export interface PeopleWritten {
  readonly ids: readonly string[];
  readonly changed: PeopleChanged;
}

/** The writers of one transaction. */
export interface PeopleWriters {
  readonly persons: PersonWriter;
  readonly details: PersonDetailsWriter;
  readonly credits: CreditEditor;
}

/** The current time, and a source of ids. */
export interface Given {
  readonly now: Date;
  readonly newId: () => string;
}

/**
 * Creates, edits and deletes persons, all or none. An edited field of a person of TMDb's is overridden, whatever its value; a deleted person
 * of TMDb's stays deleted. A deleted person's credits are hidden too.
 */
export async function changePeople(
  { persons, details, credits }: PeopleWriters,
  changes: readonly PersonChange[],
  { now, newId }: Given,
): Promise<Outcome<PeopleWritten, PersonRefusal>> {
  const doomed = changes.filter(({ kind }) => kind === 'delete').map((change) => (change as { id: string }).id);
  const movies = doomed.length > 0 ? await credits.moviesOf(doomed) : [];
  if (movies.length > 0) await credits.lockMovies(movies);
  const ids = changes.map((change) => (change.kind === 'create' ? newId() : change.id));
  const states = await persons.lockPersons(ids);
  const saved: { person: Person; observedAt: Date | null }[] = [];
  const kept: PersonOverride[] = [];
  const edits: Parameters<PersonDetailsWriter['saveEdits']>[0][number][] = [];
  for (const [index, change] of changes.entries()) {
    const id = ids[index] as string;
    if (change.kind === 'create') {
      const { credited, details: made } = splitFacts(change.facts);
      saved.push({ person: madePerson(id, credited as PersonFacts), observedAt: null });
      if (Object.keys(made).length > 0) edits.push({ personId: id, details: made });
      continue;
    }
    const state = states.get(id) as PersonState;
    if (state.person === null) return { refused: { kind: 'notFound', index, id } };
    if (state.version !== change.version) {
      return { refused: { kind: 'outdated', index, id, currentVersion: state.version } };
    }
    const override =
      change.kind === 'delete'
        ? afterDeletion(state.person, state)
        : afterEdit(state.person, state, Object.keys(change.edits) as PersonField[], now);
    if (override !== null) kept.push(override);
    if (change.kind === 'update') {
      const { credited, details: edited } = splitFacts(change.edits);
      saved.push({ person: { ...state.person, ...credited }, observedAt: state.observedAt });
      if (Object.keys(edited).length > 0) edits.push({ personId: id, details: edited });
    }
  }
  await persons.savePersons(saved);
  await details.saveEdits(edits);
  await details.removeEdits(doomed, null);
  const emptied = doomed.length > 0 ? await credits.hideCreditsOf(doomed, movies) : [];
  await persons.removePersons(doomed);
  await persons.saveOverrides(kept, []);
  const changed = { personIds: saved.map(({ person }) => person.id), deletedPersonIds: doomed, movies: emptied };
  return { done: { ids, changed } };
}

/**
 * Releases overridden fields of a person, which get TMDb's latest values at once; a deleted person comes back with the credits that TMDb
 * lists.
 */
export async function releasePerson(
  { persons, details, credits }: PeopleWriters,
  { id, version, fields }: PersonRelease,
): Promise<Outcome<PeopleWritten & { readonly version: number }, PersonRefusal>> {
  // Only a deleted person's credits change; an existing person has no such movies.
  const movies = await credits.moviesOfDeleted(id);
  if (movies.length > 0) await credits.lockMovies(movies);
  const state = (await persons.lockPersons([id])).get(id) as PersonState;
  const { person, override, version: currentVersion } = state;
  if (person === null && override === null) return { refused: { kind: 'notFound', index: 0, id } };
  if (currentVersion !== version) return { refused: { kind: 'outdated', index: 0, id, currentVersion } };
  const unchanged = { personIds: [], movies: [] };
  if (override === null) return { done: { ids: [id], version, changed: unchanged } };
  if (person === null && fields !== null) return { refused: { kind: 'deleted' } };
  const released = afterRelease(person, override, fields);
  if (released.override === override) return { done: { ids: [id], version, changed: unchanged } };
  const observedAt = person === null ? override.observedAt : state.observedAt;
  await persons.savePersons([{ person: released.person, observedAt }]);
  await details.removeEdits([id], fields === null ? null : DETAIL_FIELDS.filter((field) => fields.includes(field)));
  await persons.saveOverrides(
    released.override === null ? [] : [released.override],
    released.override === null ? [id] : [],
  );
  const restored = person === null ? await restoreCredits(credits, id, movies) : [];
  return { done: { ids: [id], version, changed: { personIds: [id], movies: restored } } };
}

/** Shows the credits again that the deletion of their person has hidden. */
async function restoreCredits(
  credits: CreditEditor,
  personId: string,
  movies: readonly string[],
): Promise<readonly ChangedCredits[]> {
  const overrides = await credits.overridesOf(personId, movies);
  const shown = overrides.map((override) => shownCredit(override, new Set())).filter((credit) => credit !== null);
  const restored = await credits.writeCredits(shown, []);
  await credits.saveOverrides(
    [],
    overrides.filter(({ state }) => state === 'hidden'),
  );
  return restored;
}
