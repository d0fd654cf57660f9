import type { Person, PersonObservation } from './person.ts';
import { DETAIL_FIELDS, type EditableDetails } from './person-details.ts';

/** Fields of a person in a credit that a client can edit. */
const CREDITED_FIELDS = [
  'name',
  'originalName',
  'gender',
  'knownForDepartment',
  'profilePath',
  'popularity',
  'adult',
] as const;

type CreditedField = (typeof CREDITED_FIELDS)[number];

/** Fields of a person that a client can edit. */
export const PERSON_FIELDS = [...CREDITED_FIELDS, ...DETAIL_FIELDS] as const;

export type PersonField = (typeof PERSON_FIELDS)[number];

/** Values of the fields of credits that a client can edit. */
export type PersonFacts = Pick<Person, CreditedField>;

/** Values of all fields that a client can edit. */
export type EditableFacts = PersonFacts & EditableDetails;

/** A client's edits or deletion of a person of TMDb's. */
export interface PersonOverride {
  readonly personId: string;
  /** TMDb's latest data. */
  readonly observed: Person;
  readonly observedAt: Date;
  /** Edited fields, with the time of the last edit: RFC 3339. */
  readonly edited: { readonly [Field in PersonField]?: string };
  readonly deleted: boolean;
}

/** A person and its override; both are null when the person never existed or was deleted for good. */
export interface PersonState {
  /** Null when it does not exist. */
  readonly person: Person | null;
  /** Time of TMDb's latest data of the person; null when a client created it. */
  readonly observedAt: Date | null;
  readonly override: PersonOverride | null;
  readonly version: number;
}

/** Returns a person whom a client creates. */
export function madePerson(id: string, facts: PersonFacts): Person {
  return { id, tmdbId: null, ...facts };
}

/** A person with an override after an observation of TMDb's. */
export interface ObservedWithOverride {
  /** The visible person; null when the observation changes no visible field. */
  readonly person: Person | null;
  readonly override: PersonOverride;
}

/**
 * Applies an observation: the fields that clients edited keep the clients' values, all others get TMDb's; a person whom a client deleted
 * stays deleted. An observation that is not newer than the last one changes nothing.
 *
 * @param override of the person in `state`
 */
export function afterObservation(
  { person: observed, observedAt }: PersonObservation,
  state: PersonState,
  override: PersonOverride,
): ObservedWithOverride {
  const stored = override.observedAt < observedAt ? { ...override, observed: factsOf(observed), observedAt } : override;
  const { person: current, observedAt: previous } = state;
  if (override.deleted || current === null || previous === null || previous >= observedAt) {
    return { person: null, override: stored };
  }
  const edited = CREDITED_FIELDS.filter((field) => field in override.edited);
  const person = { ...factsOf(observed), ...Object.fromEntries(edited.map((field) => [field, current[field]])) };
  return { person, override: stored };
}

/** Returns true when two persons have equal visible fields. */
export function isShownAlike(person: Person, other: Person): boolean {
  return person.tmdbId === other.tmdbId && CREDITED_FIELDS.every((field) => person[field] === other[field]);
}

function factsOf(person: Person): Person {
  const facts = Object.fromEntries(CREDITED_FIELDS.map((field) => [field, person[field]])) as unknown as PersonFacts;
  return { id: person.id, tmdbId: person.tmdbId, ...facts };
}

/** Returns the override after a client edited a person; null for a person whom a client created. */
export function afterEdit(
  person: Person,
  { observedAt, override }: PersonState,
  fields: readonly PersonField[],
  now: Date,
): PersonOverride | null {
  if (observedAt === null) return null;
  const since = Object.fromEntries(fields.map((field) => [field, now.toISOString()]));
  if (override !== null) return { ...override, edited: { ...override.edited, ...since } };
  return { personId: person.id, observed: person, observedAt, edited: since, deleted: false };
}

/** Returns the override after a client deleted a person; null for a person whom a client created. */
export function afterDeletion(person: Person, { observedAt, override }: PersonState): PersonOverride | null {
  if (observedAt === null) return null;
  if (override !== null) return { ...override, edited: {}, deleted: true };
  return { personId: person.id, observed: person, observedAt, edited: {}, deleted: true };
}

/**
 * Returns a person of TMDb's and its override after a client released fields: the same `override` when there was nothing to release. A
 * deleted person comes back with TMDb's data.
 *
 * @param fields null: all of them
 */
export function afterRelease(
  person: Person | null,
  override: PersonOverride,
  fields: readonly PersonField[] | null,
): { readonly person: Person; readonly override: PersonOverride | null } {
  if (person === null) return { person: override.observed, override: null };
  const released = PERSON_FIELDS.filter((field) => field in override.edited && (fields?.includes(field) ?? true));
  if (released.length === 0) return { person, override };
  const asObserved = Object.fromEntries(
    CREDITED_FIELDS.filter((field) => released.includes(field)).map((field) => [field, override.observed[field]]),
  );
  const edited = Object.fromEntries(
    Object.entries(override.edited).filter(([field]) => !released.includes(field as PersonField)),
  );
  return {
    person: { ...person, ...asObserved },
    override: Object.keys(edited).length === 0 ? null : { ...override, edited },
  };
}

/** Splits values into those of credits and those of details. */
export function splitFacts(facts: Partial<EditableFacts>): {
  readonly credited: Partial<PersonFacts>;
  readonly details: Partial<EditableDetails>;
} {
  const isDetail = ([field]: [string, unknown]) => DETAIL_FIELDS.some((detail) => detail === field);
  const entries = Object.entries(facts);
  return {
    credited: Object.fromEntries(entries.filter((entry) => !isDetail(entry))),
    details: Object.fromEntries(entries.filter(isDetail)),
  };
}
