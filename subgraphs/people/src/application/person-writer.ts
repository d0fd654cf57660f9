import type { Person, PersonObservation } from '../domain/person.ts';
import type { PersonOverride, PersonState } from '../domain/person-overrides.ts';

/** Result of observing persons. */
export interface PersonsObserved {
  /** Persons who are new or changed. */
  readonly changed: readonly string[];
  /** Persons whom a client deleted: they stay deleted. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Writes persons, in a number of statements that does not depend on theirs.
 *
 * A transaction first locks the movies whose credits change, by `CreditWriter.lockMovies`, and then persons, by one call of one of the
 * methods here that lock; both lock in the order of ids. So transactions do not deadlock, and locked entities do not change.
 */
export interface PersonWriter {
  /** Locks those persons until the transaction ends, whether or not they exist, and returns the state of each. */
  lockPersons(ids: readonly string[]): Promise<ReadonlyMap<string, PersonState>>;
  /**
   * Adds or updates persons, and locks changed ones; an observation that is not newer than the last one changes nothing. Edited
   * fields keep the clients' values, and TMDb's are stored for their release.
   */
  observePersons(observations: readonly PersonObservation[]): Promise<PersonsObserved>;
  /**
   * Gives locked persons the facts of their stored details, unless those of a credit are newer. Edited fields keep the clients' values,
   * as in {@link observePersons}.
   */
  takeDetails(details: readonly { readonly personId: string; readonly observedAt: Date }[]): Promise<void>;
  /**
   * Completes {@link observePersons} and {@link takeDetails} after all other writes: checks that an older observation has not changed the unchanged persons,
   * and that no newer one has left the changed persons unchanged.
   *
   * @throws a transient error when it has
   */
  confirmObservations(): Promise<void>;
  /** Saves the persons, which must be locked. */
  savePersons(persons: readonly { readonly person: Person; readonly observedAt: Date | null }[]): Promise<void>;
  /** Removes the persons, which must be locked and have no credits. */
  removePersons(ids: readonly string[]): Promise<void>;
  /** Saves and deletes overrides of persons, which must be locked. */
  saveOverrides(kept: readonly PersonOverride[], dropped: readonly string[]): Promise<void>;
}
