import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { toPersonDetails } from '../domain/person-details.ts';
import { PartNotFound } from './all-reviews.ts';
import type { IngestRun } from './ingest-movies.ts';
import { type PartFailure, toPartFailure } from './part-failure.ts';
import type { Publisher } from './publisher.ts';
import { createTally } from './tally.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** Dependencies and callbacks of a run over persons. */
export interface PersonsRun extends Omit<IngestRun, 'moviesAtOnce'> {
  /** Maximum number of persons in progress. */
  readonly personsAtOnce: number;
}

/** The result of a run over persons. Its lists hold the first `MAX_LISTED` entries; `counts` has the exact numbers. */
export interface PersonsReport {
  /** Number of persons that were started. */
  readonly persons: number;
  /** Number of persons whose details were published. */
  readonly published: number;
  /** Persons whom TMDb does not have. Their deletion is published. */
  readonly absent: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Unusable values and entries of TMDb's responses. */
  readonly omissions: Omissions;
  /** Persons that were not started because the run was stopped. */
  readonly notStarted: readonly number[];
  /** Exact number of entries of each list. */
  readonly counts: Readonly<Record<'absent' | 'failed' | 'notStarted', number>>;
}

/** Ingests persons, several in parallel. A failing person does not reject. @param ids TMDb numbers, each once */
export async function ingestPersons(run: PersonsRun, ids: readonly number[]): Promise<PersonsReport> {
  const absent = createTally<number>();
  const failed = createTally<PartFailure>();
  const notStarted = createTally<number>();
  const counts = { published: 0, done: 0 };
  let omissions = NO_OMISSIONS;
  const upcoming = ids.values();

  async function ingest(id: number): Promise<void> {
    const outcome = await ingestOrDelete(run.tmdb, run.publisher, id);
    if (outcome.result === 'published') counts.published += 1;
    else absent.add(id);
    if (outcome.omissions.count > 0) run.onOmissions?.(outcome.omissions);
    omissions = addOmissions(omissions, outcome.omissions);
  }

  /** Ingests one person after another. All workers share the iterator. */
  async function worker(): Promise<void> {
    for (const id of upcoming) {
      if (run.stop.aborted) {
        notStarted.add(id);
        continue;
      }
      try {
        await run.withinTrace({ kind: 'person', id }, () => ingest(id));
      } catch (error) {
        failed.add(toPartFailure(id, 'person', error));
        run.onError?.(error);
      }
      counts.done += 1;
      run.onProgress?.(counts.done);
    }
  }

  await Promise.all(Array.from({ length: run.personsAtOnce }, worker));
  return {
    persons: counts.done,
    published: counts.published,
    absent: absent.first,
    failed: failed.first,
    omissions,
    notStarted: notStarted.first,
    counts: { absent: absent.count, failed: failed.count, notStarted: notStarted.count },
  };
}

/** The result of one person: the details are published, or the deletion is, because TMDb returned 404. */
interface PersonOutcome {
  readonly result: 'published' | 'absent';
  /** Unusable parts of TMDb's response. */
  readonly omissions: Omissions;
}

/** Deletes a person whom TMDb returns 404 for, once the base URL is proven to be TMDb's and a second request returns 404 too. */
async function ingestOrDelete(tmdb: TmdbApi, publisher: Publisher, id: number): Promise<PersonOutcome> {
  const person = await tmdb.person(id, null);
  if (person.result === 'found') {
    const publication = await publisher.publishPerson(toPersonDetails(person.details), person.requestedAt);
    return { result: 'published', omissions: addOmissions(person.omissions, publication.omissions) };
  }
  await tmdb.proveAddress();
  const again = await tmdb.person(id, null);
  if (again.result !== 'absent') {
    throw new PartNotFound('TMDb returned 404 for the person, and then returned the details');
  }
  await publisher.publishPersonDeletion(String(id), again.requestedAt);
  return { result: 'absent', omissions: NO_OMISSIONS };
}
