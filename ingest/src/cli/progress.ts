import { SingleBar } from 'cli-progress';

/** How far a run is, shown to whoever watches. */
export interface Progress {
  /** How many films there are to do, as soon as that is known. */
  setTotal(films: number): void;
  update(films: number): void;
  stop(): void;
}

/** A progress bar on stderr where that is a terminal and `wanted`; else nothing is shown. */
export function createProgress(wanted: boolean): Progress {
  if (!wanted || !process.stderr.isTTY) return { setTotal: () => {}, update: () => {}, stop: () => {} };
  const bar = new SingleBar({
    format: 'ingest {bar} {value}/{total} films, {duration_formatted}',
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    // Ctrl-C is for the run to take, which stops the bar itself.
    gracefulExit: false,
    stream: process.stderr,
  });
  return { setTotal: (films) => bar.start(films, 0), update: (films) => bar.update(films), stop: () => bar.stop() };
}
