import type { DetailsObservation } from '../domain/person-details.ts';
import type { PeopleChanged } from './apply-credits.ts';
import type { PersonDetailsWriter } from './person-details-writer.ts';
import type { PersonWriter } from './person-writer.ts';

/** New details of persons from TMDb. A person occurs once. */
export interface DetailsChanges {
  readonly observed: readonly DetailsObservation[];
  readonly deleted: readonly { readonly personId: string }[];
}

/**
 * Applies observed details. They do not decide whether a person exists, which credits and clients do: those of a person without credits
 * are stored until there is one, and a person whom TMDb no longer has loses the details but stays in the credits that name them. Facts
 * that credits have too are those of the newest observation. Edits of clients stay.
 */
export async function applyDetails(
  persons: PersonWriter,
  details: PersonDetailsWriter,
  { observed, deleted }: DetailsChanges,
): Promise<PeopleChanged> {
  const removed = deleted.map(({ personId }) => personId);
  const states = await persons.lockPersons([...observed.map(({ personId }) => personId), ...removed]);
  await details.replace(observed);
  await details.remove(removed);
  await persons.takeDetails(observed);
  const existing = [...states].filter(([, { person }]) => person !== null).map(([id]) => id);
  return { personIds: existing, movies: [] };
}
