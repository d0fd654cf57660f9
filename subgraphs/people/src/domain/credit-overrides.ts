import type { Credit } from './credit.ts';

/** What of a credit a client can edit: of a part the character and the place, of a job the department and the job. */
export type CreditEdits = Partial<Pick<Credit, 'character' | 'place' | 'department' | 'job'>>;

/** What identifies a credit. */
export type CreditRef = Pick<Credit, 'movieId' | 'key'>;

/** Why a film's credit is not what TMDb says of it. `observed` is what TMDb last said; null while it does not list the credit. */
export type CreditOverride = CreditRef &
  (
    | { readonly state: 'made'; readonly observed: null; readonly edits: Credit }
    | { readonly state: 'edited'; readonly observed: Credit | null; readonly edits: CreditEdits }
    | { readonly state: 'deleted'; readonly observed: Credit | null; readonly edits: CreditEdits }
    /** Its person is deleted. */
    | { readonly state: 'hidden'; readonly observed: Credit; readonly edits: CreditEdits }
  );

/** What is shown of films' credits, and what has to be remembered for it. */
export interface Reconciled {
  readonly shown: readonly Credit[];
  /** Overrides that are new, or other than they were. */
  readonly kept: readonly CreditOverride[];
  /** Overrides that are no more. */
  readonly dropped: readonly CreditRef[];
}

/** One text for each credit, to look it up by. */
export function creditRefKey({ movieId, key }: CreditRef): string {
  return `${movieId}/${key}`;
}

/** The credit as it is shown; null when it is not. */
export function shownCredit(override: CreditOverride, deletedPersons: ReadonlySet<string>): Credit | null {
  if (override.state === 'made') return override.edits;
  if (override.state === 'deleted' || override.observed === null) return null;
  if (deletedPersons.has(override.observed.personId)) return null;
  return { ...override.observed, ...override.edits };
}

/**
 * Puts what clients did to films' credits over what TMDb says of them. Whether a credit of TMDb's is there is TMDb's word, unless a
 * client deleted it or its person; what an edited field says is the client's; a credit that a client made stays.
 *
 * @param observed all credits that TMDb lists of those films
 * @param overrides all overrides of those films
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
    const known = unlisted.get(creditRefKey(credit));
    unlisted.delete(creditRefKey(credit));
    const override = overrideOf(credit, known, deletedPersons);
    const visible = override === null ? credit : shownCredit(override, deletedPersons);
    if (visible !== null) shown.push(visible);
    if (override !== null) kept.push(override);
    else if (known !== undefined) dropped.push(known);
  }
  for (const override of unlisted.values()) {
    if (override.state === 'made') shown.push(override.edits);
    else if (override.state === 'hidden') dropped.push(override);
    else if (override.observed !== null) kept.push({ ...override, observed: null });
  }
  return { shown, kept, dropped };
}

/** What has to be remembered of a credit that TMDb lists; null: nothing. */
function overrideOf(
  observed: Credit,
  known: CreditOverride | undefined,
  deletedPersons: ReadonlySet<string>,
): CreditOverride | null {
  if (known?.state === 'edited' || known?.state === 'deleted') return { ...known, observed };
  if (!deletedPersons.has(observed.personId)) return null;
  return { movieId: observed.movieId, key: observed.key, state: 'hidden', observed, edits: {} };
}

/** After a client edited the credit. */
export function editedCredit(credit: Credit, known: CreditOverride | undefined, edits: CreditEdits): CreditOverride {
  const { movieId, key } = credit;
  if (known?.state === 'made') return { ...known, edits: { ...known.edits, ...edits } };
  if (known?.state === 'edited') return { ...known, edits: { ...known.edits, ...edits } };
  return { movieId, key, state: 'edited', observed: credit, edits };
}

/** After a client deleted the credit; null: nothing has to be remembered, since TMDb says nothing of it. */
export function deletedCredit(credit: Credit, known: CreditOverride | undefined): CreditOverride | null {
  const { movieId, key } = credit;
  if (known?.state === 'made') return null;
  return { movieId, key, state: 'deleted', observed: known === undefined ? credit : known.observed, edits: {} };
}
