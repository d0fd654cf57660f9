import { type MoviePart, PART_NAMES } from '../domain/movie-parts.ts';
import { addOmissions, NO_OMISSIONS, type Omissions } from '../domain/omissions.ts';
import { type FilmOutcome, ingestFilm } from './ingest-film.ts';
import type { PartFailure } from './part-failure.ts';
import type { Publisher } from './publisher.ts';
import { createTally } from './tally.ts';
import type { TmdbApi } from './tmdb-api.ts';

/** Everything that a run needs. */
export interface IngestRun {
  readonly tmdb: TmdbApi;
  readonly publisher: Publisher;
  /** The most films under way at once. */
  readonly filmsAtOnce: number;
  /** Aborted when no further film may be begun; films under way end first. */
  readonly stop: AbortSignal;
  /** Called with what each failure came from; may abort `stop` where it concerns all films. */
  readonly onError?: (error: unknown) => void;
  /** Called with what was left out of TMDb's answers, some at a time. */
  readonly onOmissions?: (omissions: Omissions) => void;
  /** Called when a film is done; `films` counts those done. */
  readonly onProgress?: (films: number) => void;
}

/** The result of a run. Its lists hold the first `MAX_LISTED` entries; `counts` has how many there are. */
export interface IngestReport {
  /** Films that were begun. */
  readonly films: number;
  /** Parts published. */
  readonly published: Readonly<Record<MoviePart, number>>;
  /** Films that TMDb does not know any more, deleted in every topic. */
  readonly deleted: readonly number[];
  /** Films that TMDb does not know, and of which the log held no details or cannot tell. Their deletion is published, too. */
  readonly unknown: readonly number[];
  readonly failed: readonly PartFailure[];
  /** Values and entries of TMDb's answers that could not be used, and were left out. */
  readonly omissions: Omissions;
  /** Films that the run did not come to, because it was stopped. */
  readonly notStarted: readonly number[];
  /** The whole number of entries of each list. */
  readonly counts: Readonly<Record<'deleted' | 'unknown' | 'failed' | 'notStarted', number>>;
}

/** A film to ingest, a part of a list that could not be read and why, or what was left out of it. */
export type Entry =
  | { readonly id: number }
  | { readonly failure: PartFailure; readonly error: unknown }
  | { readonly omissions: Omissions };

/** Ingests films as they come, each once, several at a time. Never rejects for what a film brings. */
export async function ingestFilms(run: IngestRun, entries: AsyncIterator<Entry>): Promise<IngestReport> {
  const published = Object.fromEntries(PART_NAMES.map((part) => [part, 0])) as Record<MoviePart, number>;
  const deleted = createTally<number>();
  const unknown = createTally<number>();
  const failed = createTally<PartFailure>();
  const notStarted = createTally<number>();
  let omissions = NO_OMISSIONS;
  // Grows with the list alone, which is bounded: a command line, or 500 pages of at most 100 movies.
  const seen = new Set<number>();
  let begun = 0;
  let done = 0;

  function record(id: number, outcome: FilmOutcome): void {
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

  /** Takes the next film when it is free; all workers draw on one iterator, so what waits is never more than they can carry. */
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
        begun += 1;
        record(entry.id, await ingestFilm(run.tmdb, run.publisher, entry.id));
        done += 1;
        run.onProgress?.(done);
      }
    }
  }

  await Promise.all(Array.from({ length: run.filmsAtOnce }, worker));
  return {
    films: begun,
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
