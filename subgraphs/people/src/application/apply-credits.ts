import { creditsOf, type MovieCredits } from '../domain/credit.ts';
import { reconcile } from '../domain/credit-overrides.ts';
import { newestOfEachPerson, type PersonObservation } from '../domain/person.ts';
import type { ChangedCredits, CreditWriter } from './credit-writer.ts';
import type { PersonWriter } from './person-writer.ts';
import type { UncreditedPersons } from './uncredited-persons.ts';

/** New credits of movies from TMDb. A movie occurs once. */
export interface CreditsChanges {
  readonly observed: readonly { readonly movieId: string; readonly observedAt: Date; readonly data: MovieCredits }[];
  readonly deleted: readonly { readonly movieId: string }[];
}

/** Changes of persons and credits. */
export interface PeopleChanged {
  /** Persons who exist after the change. */
  readonly personIds: readonly string[];
  readonly deletedPersonIds?: readonly string[];
  readonly movies: readonly ChangedCredits[];
}

/**
 * Applies observed credits. They replace a movie's credits as a set, except for the edits of clients. A person is removed with the last
 * credit, unless a client wrote or edited the person. The credits of a movie that the movies subgraph has deleted are withheld, since it
 * may come back, or may be back before this subgraph receives the event.
 */
export async function applyCredits(
  persons: PersonWriter,
  writer: CreditWriter,
  uncredited: UncreditedPersons,
  { observed, deleted }: CreditsChanges,
): Promise<PeopleChanged> {
  const movieIds = [...observed, ...deleted].map(({ movieId }) => movieId);
  const { gone, overrides } = await writer.lockMovies(movieIds);
  const seen = await persons.observePersons(newestOfEachPerson(personsIn(observed)));
  const credits = observed.flatMap(({ data }) => creditsOf(data));
  const formerly = await uncredited.creditedIn(movieIds, new Set(credits.map(({ personId }) => personId)));
  const isThere = ({ movieId }: { movieId: string }) => !gone.has(movieId);
  const { shown, kept, dropped } = reconcile(credits.filter(isThere), overrides.filter(isThere), seen.deleted);
  const movies = await writer.replaceCredits(
    movieIds.filter((movieId) => !gone.has(movieId)),
    shown,
  );
  await writer.saveOverrides(kept, dropped);
  if (gone.size > 0) {
    const withheld = credits.filter(({ movieId }) => gone.has(movieId));
    await writer.withholdCredits([...gone], withheld);
  }
  return { personIds: seen.changed, deletedPersonIds: await uncredited.remove(formerly), movies };
}

function* personsIn(observed: CreditsChanges['observed']): Generator<PersonObservation> {
  for (const { observedAt, data } of observed) {
    for (const { person } of data.cast) yield { person, observedAt };
    for (const { person } of data.crew) yield { person, observedAt };
  }
}
