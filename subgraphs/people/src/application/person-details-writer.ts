import type { DetailsObservation, EditableDetails } from '../domain/person-details.ts';

/** Writes details of persons, in a number of statements that does not depend on theirs. The persons must be locked. */
export interface PersonDetailsWriter {
  /** Replaces TMDb's details of these persons, whether or not the persons exist. */
  replace(observations: readonly DetailsObservation[]): Promise<void>;
  /** Removes TMDb's details of these persons. */
  remove(personIds: readonly string[]): Promise<void>;
  /** Saves clients' values of some details, beside those saved before. */
  saveEdits(edits: readonly { readonly personId: string; readonly details: Partial<EditableDetails> }[]): Promise<void>;
  /** Removes clients' values of these details; null: of all. */
  removeEdits(personIds: readonly string[], fields: readonly (keyof EditableDetails)[] | null): Promise<void>;
}
