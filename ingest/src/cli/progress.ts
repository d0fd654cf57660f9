import { createBar } from './bar.ts';

/** The progress display of a run. */
export interface Progress {
  /** Sets the number of movies or persons, as soon as it is known. */
  setTotal(total: number): void;
  update(done: number): void;
  stop(): void;
}

/** Shows a progress bar on stderr, when that is a terminal and `wanted`. @param noun the plural of what is counted */
export function createProgress(wanted: boolean, noun = 'movies'): Progress {
  if (!wanted || !process.stderr.isTTY) return { setTotal: () => {}, update: () => {}, stop: () => {} };
  const bar = createBar(`{value}/{total} ${noun}, {duration_formatted}`);
  return { setTotal: (total) => bar.start(total, 0), update: (done) => bar.update(done), stop: () => bar.stop() };
}
