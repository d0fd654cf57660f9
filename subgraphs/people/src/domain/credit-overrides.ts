import type { Credit } from './credit.ts';

/** Fields of a credit that a client can edit: the character and the place of a part, the department and the job of a job. */
export type CreditEdits = Partial<Pick<Credit, 'character' | 'place' | 'department' | 'job'>>;

/** Identity of a credit. */
export type CreditRef = Pick<Credit, 'movieId' | 'key'>;

/** A client's change of a credit. `observed` is TMDb's latest data; null while TMDb does not list the credit. */
export type CreditOverride = CreditRef &
  (
    | { readonly state: 'made'; readonly observed: null; readonly edits: Credit }
    | { readonly state: 'edited'; readonly observed: Credit | null; readonly edits: CreditEdits }
    | { readonly state: 'deleted'; readonly observed: Credit | null; readonly edits: CreditEdits }
    /** The credit is hidden because its person is deleted. */
    | { readonly state: 'hidden'; readonly observed: Credit; readonly edits: CreditEdits }
  );

/** Credits of movies that are shown, and the changes of their overrides. */
export interface Reconciled {
  readonly shown: readonly Credit[];
  /** New or changed overrides. */
  readonly kept: readonly CreditOverride[];
  /** Overrides to delete. */
  readonly dropped: readonly CreditRef[];
}

/** Returns the key of a credit in a map. */
export function creditRefKey({ movieId, key }: CreditRef): string {
  return `${movieId}/${key}`;
}

/** Returns the credit as it is shown; null when it is not. */
export function shownCredit(override: CreditOverride, deletedPersons: ReadonlySet<string>): Credit | null {
  if (override.state === 'made') return override.edits;
  if (override.state === 'deleted' || override.observed === null) return null;
  if (deletedPersons.has(override.observed.personId)) return null;
  return { ...override.observed, ...override.edits };
}

/**
 * Applies an observation of movies' credits. A credit of TMDb's exists while TMDb lists it, unless a client deleted it or its person; an
 * edited field keeps the client's value; a credit that a client created stays.
 *
 * @param observed all credits that TMDb lists of those movies
 * @param overrides all overrides of those movies
 * @param deletedPersons those of the credits' persons whom a client deleted
 */
export function reconcile(
  observed: readonly Credit[],
  overrides: readonly CreditOverride[],
  deletedPersons: ReadonlySet<string>,
): Reconciled {
  if (overrides.length === 0 && deletedPersons.size === 0) return { shown: observed, kept: [], dropped: [] };
  const unlisted = new Map(overrides.map((override) => [creditRefKey(override), override]));
  const shown: Credit[] = [];
  const kept: CreditOverride[] = [];
  const dropped: CreditRef[] = [];
  for (const credit of observed) {
    const previous = unlisted.get(creditRefKey(credit));
    unlisted.delete(creditRefKey(credit));
    const override = overrideOf(credit, previous, deletedPersons);
    const visible = override === null ? credit : shownCredit(override, deletedPersons);
    if (visible !== null) shown.push(visible);
    if (override !== null) kept.push(override);
    else if (previous !== undefined) dropped.push(previous);
  }
  for (const override of unlisted.values()) {
    if (override.state === 'made') shown.push(override.edits);
    else if (override.state === 'hidden') dropped.push(override);
    else if (override.observed !== null) kept.push({ ...override, observed: null });
  }
  return { shown, kept, dropped };
}

/** Returns the override of a credit that TMDb lists; null when there is none. */
function overrideOf(
  observed: Credit,
  previous: CreditOverride | undefined,
  deletedPersons: ReadonlySet<string>,
): CreditOverride | null {
  if (previous?.state === 'edited' || previous?.state === 'deleted') return { ...previous, observed };
  if (!deletedPersons.has(observed.personId)) return null;
  return { movieId: observed.movieId, key: observed.key, state: 'hidden', observed, edits: {} };
}

/** Returns the override after a client edited the credit. */
export function editedCredit(credit: Credit, previous: CreditOverride | undefined, edits: CreditEdits): CreditOverride {
  const { movieId, key } = credit;
  if (previous?.state === 'made') return { ...previous, edits: { ...previous.edits, ...edits } };
  if (previous?.state === 'edited') return { ...previous, edits: { ...previous.edits, ...edits } };
  return { movieId, key, state: 'edited', observed: credit, edits };
}

/** Returns the override after a client deleted the credit; null when a client created it. */
export function deletedCredit(credit: Credit, previous: CreditOverride | undefined): CreditOverride | null {
  const { movieId, key } = credit;
  if (previous?.state === 'made') return null;
  return { movieId, key, state: 'deleted', observed: previous === undefined ? credit : previous.observed, edits: {} };
}
