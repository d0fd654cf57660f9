import { type Credit, creditsOf, type FilmCredits } from '../domain/credit.ts';
import { newestOfEachPerson, type PersonObservation } from '../domain/person.ts';

/** What became known of films' credits. A film is in it once. */
export interface CreditsChanges {
  readonly observed: readonly { readonly movieId: string; readonly observedAt: Date; readonly data: FilmCredits }[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** A film whose credits are others than they were. */
export interface ChangedCredits {
  readonly movieId: string;
  /** Persons with a credit that is new or other than it was. */
  readonly personIds: readonly string[];
  /** Whether the film has no credits any more. */
  readonly isEmpty: boolean;
}

/** Writes persons and credits, whatever their number in the same few statements. */
export interface CreditWriter {
  /** Which of these films movies has deleted. Until the transaction ends no other changes their credits, or deletes them. */
  holdFilms(movieIds: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Adds or updates persons, in the order given; an observation that is not newer than what is stored changes nothing. Returns the
   * ids of those that are new, or of whom something else is known than was.
   */
  observePersons(observations: readonly PersonObservation[]): Promise<readonly string[]>;
  /** Makes these the credits of those films, and the only ones. The persons must be there. */
  replaceCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<readonly ChangedCredits[]>;
  /** Keeps credits of deleted films until they are there again: of each of those films these, and no others. */
  withholdCredits(movieIds: readonly string[], credits: readonly Credit[]): Promise<void>;
}

/** What changed of what is shown. */
export interface CreditsApplied {
  readonly personIds: readonly string[];
  readonly films: readonly ChangedCredits[];
}

/**
 * Takes over what became known of credits: a film's credits are replaced as a set; persons stay when their last one goes. The credits
 * of a film that movies has deleted wait, since it may come back, or may be back already without our knowing it.
 */
export async function applyCredits(
  writer: CreditWriter,
  { observed, deleted }: CreditsChanges,
): Promise<CreditsApplied> {
  const movieIds = [...observed, ...deleted].map(({ movieId }) => movieId);
  const gone = await writer.holdFilms(movieIds);
  const personIds = await writer.observePersons(newestOfEachPerson(personsIn(observed)));
  const credits = observed.flatMap(({ data }) => creditsOf(data));
  const films = await writer.replaceCredits(
    movieIds.filter((movieId) => !gone.has(movieId)),
    credits.filter(({ movieId }) => !gone.has(movieId)),
  );
  if (gone.size > 0) {
    const withheld = credits.filter(({ movieId }) => gone.has(movieId));
    await writer.withholdCredits([...gone], withheld);
  }
  return { personIds, films };
}

function* personsIn(observed: CreditsChanges['observed']): Generator<PersonObservation> {
  for (const { observedAt, data } of observed) {
    for (const { person } of data.cast) yield { person, observedAt };
    for (const { person } of data.crew) yield { person, observedAt };
  }
}
