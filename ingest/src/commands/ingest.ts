import { createEventLog } from '@marquee/event-log/configuration';
import { OBSERVATION_TOPICS, PERSON_DETAILS } from '@marquee/events/topics';
import { loadConfig } from '@marquee/runtime/config';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createContext } from '@marquee/runtime/process';
import { whenReachable } from '@marquee/runtime/reachable';
import { createTracing } from '@marquee/runtime/tracing';
import { type Entry, type IngestReport, type IngestRun, ingestMovies } from '../application/ingest-movies.ts';
import { ingestPersons, type PersonsReport } from '../application/ingest-persons.ts';
import { moviesWithIds, popularMovies } from '../application/movie-lists.ts';
import type { TmdbApi } from '../application/tmdb-api.ts';
import { onInterruption } from '../cli/interruption.ts';
import { logOmissions } from '../cli/omission-log.ts';
import { describePersons, toPersonsSummary } from '../cli/persons-summary.ts';
import type { IngestOptions, PopularOptions } from '../cli/program.ts';
import { createProgress, type Progress } from '../cli/progress.ts';
import { describe, type Summary, toSummary } from '../cli/summary.ts';
import { tmdbIds } from '../cli/values.ts';
import { ingestConfig } from '../config.ts';
import { traceEntities } from '../infrastructure/entity-trace.ts';
import { createEventPublisher, topicOf } from '../infrastructure/event-publisher.ts';
import { createPublishedMovies } from '../infrastructure/published-movies.ts';
import { createRequestRate } from '../infrastructure/request-rate.ts';
import { tmdbAddress } from '../infrastructure/tmdb-address.ts';
import { createTmdbClient } from '../infrastructure/tmdb-client.ts';
import { joinQueue, rateLimit } from './work-session.ts';

/** Returns the movies of a run. */
type MovieSource = (tmdb: TmdbApi, stop: AbortSignal, progress: Progress) => AsyncIterator<Entry>;

/** The work of a run, and the summary of its report. */
interface Ingestion<Report> {
  /** The plural of what is counted. */
  readonly noun: string;
  readonly work: (run: IngestRun, progress: Progress) => Promise<Report>;
  readonly summarize: (
    report: Report,
    rest: Pick<Summary, 'error' | 'requests' | 'retries' | 'seconds'>,
  ) => { readonly json: object; readonly text: string };
}

/** Returns the ingestion of movies. */
function ofMovies(source: MovieSource): Ingestion<IngestReport> {
  return {
    noun: 'movies',
    work: (run, progress) => ingestMovies(run, source(run.tmdb, run.stop, progress)),
    summarize(report, rest) {
      const summary = toSummary(report, topicOf, rest);
      return { json: summary, text: describe(summary) };
    },
  };
}

/** Returns the ingestion of persons with these TMDb numbers. */
function ofPersons(ids: readonly number[]): Ingestion<PersonsReport> {
  return {
    noun: 'persons',
    work({ moviesAtOnce, ...run }, progress) {
      progress.setTotal(ids.length);
      return ingestPersons({ ...run, personsAtOnce: moviesAtOnce }, ids);
    },
    summarize(report, rest) {
      const summary = toPersonsSummary(report, PERSON_DETAILS.name, rest);
      return { json: summary, text: describePersons(summary) };
    },
  };
}

/** Ingests from TMDb into the event log and prints a summary. @returns the exit code */
async function ingest<Report extends { readonly counts: { readonly failed: number } }>(
  options: IngestOptions,
  { noun, work, summarize }: Ingestion<Report>,
): Promise<number> {
  const start = performance.now();
  const config = loadConfig(ingestConfig);
  const address = tmdbAddress(config);
  const ctx = createContext('ingest', config.LOG_LEVEL);
  const stop = new AbortController();
  const restoreSignals = onInterruption(() => stop.abort());
  let fatal: MarqueeError | undefined;
  try {
    const wait = { seconds: config.STARTUP_WAIT_SECONDS, logger: ctx.logger, stopping: stop.signal };
    const eventLog = await whenReachable(wait, () => createEventLog(config, ctx));
    await eventLog.createTopics(OBSERVATION_TOPICS);
    const { concurrency, retries: maxRetries } = options;
    const rate = rateLimit(options.rate, address);
    const { INGEST_DATABASE_URL } = config;
    const joined =
      INGEST_DATABASE_URL === undefined
        ? undefined
        : await joinQueue(ctx, noun, { ...config, INGEST_DATABASE_URL }, { concurrency, rate, stop: stop.signal });
    const requestRate = joined?.requestRate ?? createRequestRate(rate, stop.signal);
    const tmdb = createTmdbClient({ address, concurrency, requestRate, retries: maxRetries, stop: stop.signal });
    ctx.onStop('tmdb', () => tmdb.close());
    joined?.shareConnections(tmdb);
    const progress = createProgress(!options.json, noun);
    const isPublished = createPublishedMovies(eventLog, topicOf('details'), (reason) =>
      ctx.logger.warn(
        { reason },
        'deleted movies cannot be distinguished from unknown ones: all are reported as unknown',
      ),
    );
    const run: IngestRun = {
      tmdb,
      publisher: createEventPublisher(eventLog, address.baseUrl, isPublished),
      queue: joined?.queue,
      withinTrace: traceEntities(await createTracing(ctx, config)),
      moviesAtOnce: options.concurrency,
      stop: stop.signal,
      onProgress: progress.update,
      onOmissions: logOmissions(ctx.logger),
      onError: (error: unknown) => {
        if (!(error instanceof MarqueeError) || error.exitCode !== EXIT.unreachable) return;
        fatal ??= error;
        stop.abort();
      },
    };
    const report = await work(run, progress).finally(progress.stop);
    const { requests, retries } = tmdb;
    const seconds = Math.round(performance.now() - start) / 1000;
    const error = fatal ? { code: fatal.code, message: fatal.message } : null;
    const { json, text } = summarize(report, { error, requests, retries, seconds });
    process.stdout.write(`${options.json ? JSON.stringify(json) : text}\n`);
    if (fatal) throw fatal;
    return report.counts.failed > 0 || stop.signal.aborted ? EXIT.failed : EXIT.ok;
  } finally {
    restoreSignals();
    await ctx.stop();
  }
}

/** Ingests the movies with these TMDb numbers. @returns the exit code */
export function movies(values: readonly string[], options: IngestOptions): Promise<number> {
  const ids = tmdbIds('movie', 603, values);
  const source: MovieSource = (_tmdb, _stop, progress) => {
    progress.setTotal(ids.length);
    return moviesWithIds(ids);
  };
  return ingest(options, ofMovies(source));
}

/** Ingests the persons with these TMDb numbers. @returns the exit code */
export function persons(values: readonly string[], options: IngestOptions): Promise<number> {
  return ingest(options, ofPersons(tmdbIds('person', 6384, values)));
}

/** Ingests the movies of TMDb's list of popular movies. @returns the exit code */
export function popular(options: PopularOptions): Promise<number> {
  const source: MovieSource = (tmdb, stop, progress) =>
    popularMovies(tmdb, { pages: options.pages, stop, onTotal: progress.setTotal });
  return ingest(options, ofMovies(source));
}
