import type { Person, PersonObservation } from '../domain/person.ts';
import type { PersonOverride, PersonState } from '../domain/person-overrides.ts';

/** What came of observing persons. */
export interface PersonsObserved {
  /** Those that are new, or of whom something else is known than was. */
  readonly changed: readonly string[];
  /** Those whom a client deleted: they are not there. */
  readonly deleted: ReadonlySet<string>;
}

/**
 * Writes persons, whatever their number in the same few statements.
 *
 * Who writes holds first the films whose credits change, by `CreditWriter.holdFilms`, and then persons, by one call of one of the
 * methods here that hold; either takes them in the order of their ids. So nobody waits in a circle, and what is read of what is held stays so.
 */
export interface PersonWriter {
  /** Holds those persons until the transaction ends, whether or not they are there, and says what there is of each. */
  holdPersons(ids: readonly string[]): Promise<ReadonlyMap<string, PersonState>>;
  /**
   * Adds or updates persons, and holds those of whom something changes; an observation that is not newer than what is known changes nothing.
   * Edited fields stay as they are, and what is observed is kept for their release.
   */
  observePersons(observations: readonly PersonObservation[]): Promise<PersonsObserved>;
  /**
   * Ends what {@link observePersons} began, when all else is written: makes sure that persons who were left as they are have not
   * been changed meanwhile by an older observation.
   *
   * @throws an error that is transient when they have
   */
  confirmObservations(): Promise<void>;
  /** Makes these what is there, by id. Held. */
  savePersons(persons: readonly { readonly person: Person; readonly observedAt: Date | null }[]): Promise<void>;
  /** Their credits must be gone. Held. */
  removePersons(ids: readonly string[]): Promise<void>;
  /** Remembers these, and those no more. Held. */
  saveOverrides(kept: readonly PersonOverride[], dropped: readonly string[]): Promise<void>;
}
