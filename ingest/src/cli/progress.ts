import { SingleBar } from 'cli-progress';

/** The progress display of a run. */
export interface Progress {
  /** Sets the number of movies, as soon as it is known. */
  setTotal(movies: number): void;
  update(movies: number): void;
  stop(): void;
}

/** Shows a progress bar on stderr, when that is a terminal and `wanted`. */
export function createProgress(wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return { setTotal: () => {}, update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: 'ingest {bar} {value}/{total} movies, {duration_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // The run handles Ctrl-C, and stops the bar.
    gracefulExit: false,
    stream: process.stderr,
  });
  return { setTotal: (movies) => bar.start(movies, 0), update: (movies) => bar.update(movies), stop: () => bar.stop() };
}
