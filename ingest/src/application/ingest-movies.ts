import type { Entity } from '../domain/entity.ts';
import { type MoviePart, PART_NAMES } from '../domain/generated/movie-parts.ts';
import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { ingestLeased } from './ingest-leased.ts';
import { ingestMovie, type MovieOutcome } from './ingest-movie.ts';
import type { PartFailure } from './part-failure.ts';
import type { Publisher } from './publisher.ts';
import { createTally } from './tally.ts';
import type { TmdbApi } from './tmdb-api.ts';
import type { WorkQueue } from './work-queue.ts';

/** Runs the ingestion of an entity in a trace of its own, where traces are recorded. */
export type WithinTrace = <Result>(entity: Entity, ingest: () => Promise<Result>) => Promise<Result>;

/** Dependencies and callbacks of a run. */
export interface IngestRun {
  readonly tmdb: TmdbApi;
  readonly publisher: Publisher;
  /** Leases the movies and gives their events a version; without it, an event has the time of its request. */
  readonly queue?: WorkQueue | undefined;
  readonly withinTrace: WithinTrace;
  /** Maximum number of movies in progress. */
  readonly moviesAtOnce: number;
  /** Aborts starting further movies; movies in progress are completed. */
  readonly stop: AbortSignal;
  /** Called with the cause of each failure; may abort `stop` when it affects all movies. */
  readonly onError?: (error: unknown) => void;
  /** Called with new omissions from TMDb's responses. */
  readonly onOmissions?: (omissions: Omissions) => void;
  /** Called when a movie is done, with the number of movies done. */
  readonly onProgress?: (movies: number) => void;
}

/** The result of a run. Its lists hold the first `MAX_LISTED` entries; `counts` has the exact numbers. */
export interface IngestReport {
  /** Number of movies that were started. */
  readonly movies: number;
  /** Number of published parts. */
  readonly published: Readonly<Record<MoviePart, number>>;
  /** Movies that TMDb no longer has, deleted in every topic. */
  readonly deleted: readonly number[];
  /** Movies that TMDb does not have, without details in the log or with an unreadable log. Their deletion is published too. */
  readonly unknown: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Unusable values and entries of TMDb's responses. */
  readonly omissions: Omissions;
  /** Movies that were not started because the run was stopped. */
  readonly notStarted: readonly number[];
  /** Exact number of entries of each list. */
  readonly counts: Readonly<Record<'deleted' | 'unknown' | 'failed' | 'notStarted', number>>;
}

/** A movie to ingest, a page of a list that could not be read, or omissions from a page. */
export type Entry =
  | { readonly id: number }
  | { readonly failure: PartFailure; readonly error: unknown }
  | { readonly omissions: Omissions };

/** Ingests the movies of an iterator, each once and several in parallel. A failing movie does not reject. */
export async function ingestMovies(run: IngestRun, entries: AsyncIterator<Entry>): Promise<IngestReport> {
  const published = Object.fromEntries(PART_NAMES.map((part) => [part, 0])) as Record<MoviePart, number>;
  const deleted = createTally<number>();
  const unknown = createTally<number>();
  const failed = createTally<PartFailure>();
  const notStarted = createTally<number>();
  let omissions = NO_OMISSIONS;
  // Grows with the list, which is bounded: a command line, or 500 pages of at most 100 movies.
  const seen = new Set<number>();
  let started = 0;
  let done = 0;

  function record(id: number, outcome: MovieOutcome): void {
    for (const part of outcome.published) published[part] += 1;
    if (outcome.absent === 'deleted') deleted.add(id);
    if (outcome.absent === 'unknown') unknown.add(id);
    failed.add(...outcome.failed);
    for (const error of outcome.errors) run.onError?.(error);
    note(outcome.omissions);
  }

  function note(more: Omissions): void {
    if (more.count > 0) run.onOmissions?.(more);
    omissions = addOmissions(omissions, more);
  }

  function ingest(id: number): Promise<MovieOutcome> {
    const once = (version?: Date) => ingestMovie(run.tmdb, run.publisher, id, version);
    return run.withinTrace({ kind: 'movie', id }, () => (run.queue ? ingestLeased(run.queue, id, once) : once()));
  }

  /** Ingests one movie after another. All workers share the iterator, which is read no faster than they work. */
  async function worker(): Promise<void> {
    for (let next = await entries.next(); !next.done; next = await entries.next()) {
      const entry = next.value;
      if ('failure' in entry) {
        failed.add(entry.failure);
        run.onError?.(entry.error);
      } else if ('omissions' in entry) {
        note(entry.omissions);
      } else if (!seen.has(entry.id)) {
        seen.add(entry.id);
        if (run.stop.aborted) {
          notStarted.add(entry.id);
          continue;
        }
        started += 1;
        record(entry.id, await ingest(entry.id));
        done += 1;
        run.onProgress?.(done);
      }
    }
  }

  await Promise.all(Array.from({ length: run.moviesAtOnce }, worker));
  return {
    movies: started,
    published,
    deleted: deleted.first,
    unknown: unknown.first,
    failed: failed.first,
    omissions,
    notStarted: notStarted.first,
    counts: {
      deleted: deleted.count,
      unknown: unknown.count,
      failed: failed.count,
      notStarted: notStarted.count,
    },
  };
}
