import { type Credit, creditsOf, type FilmCredits } from '../domain/credit.ts';
import { newestOfEachPerson, type PersonObservation } from '../domain/person.ts';

/** What became known of films' credits. A film is in it once. */
export interface CreditsChanges {
  readonly observed: readonly { readonly movieId: string; readonly observedAt: Date; readonly data: FilmCredits }[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** Writes persons and credits, whatever their number in the same few statements. */
export interface CreditWriter {
  /** Adds or updates persons, in the order given; an observation that is not newer than what is stored changes nothing. */
  observePersons(observations: readonly PersonObservation[]): Promise<void>;
  /** Makes these the credits of those films, and the only ones. The persons must be there. */
  replaceCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<void>;
}

/** Takes over what became known of credits: a film's credits are replaced as a set; persons stay when their last one goes. */
export async function applyCredits(writer: CreditWriter, { observed, deleted }: CreditsChanges): Promise<void> {
  await writer.observePersons(newestOfEachPerson(personsIn(observed)));
  await writer.replaceCredits(
    [...observed, ...deleted].map(({ movieId }) => movieId),
    observed.flatMap(({ data }) => creditsOf(data)),
  );
}

function* personsIn(observed: CreditsChanges['observed']): Generator<PersonObservation> {
  for (const { observedAt, data } of observed) {
    for (const { person } of data.cast) yield { person, observedAt };
    for (const { person } of data.crew) yield { person, observedAt };
  }
}
