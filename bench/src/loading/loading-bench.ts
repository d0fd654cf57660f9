import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@marquee/event-log/event-log';
import { encodeObserved } from '@marquee/events/codec';
import { MOVIE_CREDITS, MOVIE_DETAILS, MOVIE_RATINGS } from '@marquee/events/topics';
import { type CatalogueSize, syntheticMovie } from './catalogue.ts';
import { type ReadsMeasured, readUntil } from './reads.ts';
import { type StackOptions, startStack } from './stack.ts';

/** Figures of one stack. */
export interface LoadingMeasured {
  readonly moviesPerSecond: number;
  /** Time from the first event until everything is applied, in seconds. */
  readonly seconds: number;
  /** CPU time a movie in milliseconds, with that of the reads. */
  readonly postgresMsPerMovie: number;
  readonly nodeMsPerMovie: number;
  readonly whileLoading: ReadsMeasured;
  /** The same reads on the loaded catalogue without writes. */
  readonly afterwards: ReadsMeasured;
}

export interface LoadingOptions extends CatalogueSize {
  readonly readsPerSecond: number;
  /** Seconds of reads after the load. */
  readonly quietSeconds: number;
  readonly stack: StackOptions;
  readonly onProgress: (what: string) => void;
}

/** Movies of one published batch. */
const PUBLISHED_AT_ONCE = 50;
/** Warm-up in which the gateway plans the operations; not measured. */
const WARM_UP_MS = 3_000;
const POLL_MS = 200;

/** Loads a catalogue into an empty stack at full speed, and reads meanwhile. */
export async function benchLoading(options: LoadingOptions): Promise<LoadingMeasured> {
  const { movies, readsPerSecond, quietSeconds, onProgress } = options;
  await mkdir(options.stack.folder, { recursive: true });
  onProgress('starting a stack');
  const stack = await startStack(options.stack);
  const reads = (signal: AbortSignal) => readUntil(signal, stack.origin, options, readsPerSecond);
  try {
    await reads(AbortSignal.timeout(WARM_UP_MS));
    const before = await stack.cpu();
    const start = performance.now();
    const loading = new AbortController();
    const reading = reads(loading.signal);
    try {
      await publish(stack.eventLog, options);
      for (;;) {
        onProgress(`${Math.round((performance.now() - start) / 1_000)} s: ${movies} movies are being applied`);
        if (await stack.isSettled()) break;
        await sleep(POLL_MS);
      }
    } finally {
      loading.abort();
    }
    const seconds = (performance.now() - start) / 1_000;
    const loaded = await stack.cpu();
    const whileLoading = await reading;
    onProgress('reading when nothing is written');
    const afterwards = await reads(AbortSignal.timeout(quietSeconds * 1_000));
    const perMovie = (of: 'postgresMs' | 'nodeMs') => (loaded[of] - before[of]) / movies;
    return {
      moviesPerSecond: movies / seconds,
      seconds,
      postgresMsPerMovie: perMovie('postgresMs'),
      nodeMsPerMovie: perMovie('nodeMs'),
      whileLoading,
      afterwards,
    };
  } finally {
    await stack.stop();
  }
}

async function publish(eventLog: EventLog, size: CatalogueSize): Promise<void> {
  const [startedAt, source] = [Date.now(), 'https://api.themoviedb.org/3'];
  // No two movies are requested at the same moment.
  const observedAt = ({ movieId }: { readonly movieId: string }) => new Date(startedAt + Number(movieId));
  for (let first = 1; first <= size.movies; first += PUBLISHED_AT_ONCE) {
    const count = Math.min(PUBLISHED_AT_ONCE, size.movies + 1 - first);
    const movies = Array.from({ length: count }, (_, index) => syntheticMovie(first + index, size));
    await Promise.all([
      eventLog.publish(
        MOVIE_DETAILS.name,
        movies.map(({ details: data }) =>
          encodeObserved(MOVIE_DETAILS, { subject: data.movieId, observedAt: observedAt(data), source, data }),
        ),
      ),
      eventLog.publish(
        MOVIE_CREDITS.name,
        movies.map(({ credits: data }) =>
          encodeObserved(MOVIE_CREDITS, { subject: data.movieId, observedAt: observedAt(data), source, data }),
        ),
      ),
      eventLog.publish(
        MOVIE_RATINGS.name,
        movies.map(({ ratings: data }) =>
          encodeObserved(MOVIE_RATINGS, { subject: data.movieId, observedAt: observedAt(data), source, data }),
        ),
      ),
    ]);
  }
}

/** The checkout of this file. */
export const THIS_TREE = path.resolve(import.meta.dirname, '../../..');
