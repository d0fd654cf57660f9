import { createBar } from './bar.ts';

/** Figures of a run for its display. */
export interface WorkState {
  readonly done: number;
  /** Entities that the run is to work on, those done included. */
  readonly total: number;
  readonly failed: number;
  /** Requests per second that TMDb accepts for now. */
  readonly perSecond: number;
  /** True while a refusal or an outage pauses the run. */
  readonly isPaused: boolean;
}

const BAR_MS = 500;
const LINE_MS = 10_000;

/** Shows a progress bar on a terminal, and elsewhere a line on stderr every 10 s. @returns a function that ends it */
export function showWork(read: () => WorkState): () => void {
  let previous = { done: 0, at: performance.now() };

  function figures() {
    const { done, total, failed, perSecond, isPaused } = read();
    const now = performance.now();
    const pace = ((done - previous.done) * 1_000) / Math.max(1, now - previous.at);
    return { done, total, failed, pace, limit: perSecond, state: isPaused ? ', paused' : '', left: total - done, now };
  }

  if (!process.stderr.isTTY) {
    const timer = setInterval(() => {
      const { done, total, failed, pace, limit, state, left, now } = figures();
      previous = { done, at: now };
      const rest = pace > 0 ? `, ${duration(left / pace)} left` : '';
      process.stderr.write(
        `ingest: ${done} of ${total}, ${pace.toFixed(1)}/s of ${describeLimit(limit)}${rest}, ${failed} failed${state}\n`,
      );
    }, LINE_MS);
    return () => clearInterval(timer);
  }
  const bar = createBar('{value}/{total}, {pace}/s of {limit}, {left} left, {failed} failed{state}');
  bar.start(Math.max(1, read().total), 0, { pace: '0', limit: '', left: '?', failed: 0, state: '' });
  const timer = setInterval(() => {
    const { done, total, failed, pace, limit, state, left, now } = figures();
    if (now - previous.at > 5_000) previous = { done, at: now };
    bar.setTotal(Math.max(1, total));
    bar.update(done, {
      ...{ failed, state, pace: pace.toFixed(1), limit: describeLimit(limit) },
      left: pace > 0 ? duration(left / pace) : '?',
    });
  }, BAR_MS);
  return () => {
    clearInterval(timer);
    bar.stop();
  };
}

function describeLimit(perSecond: number): string {
  return Number.isFinite(perSecond) ? perSecond.toFixed(1) : 'any';
}

/** Formats seconds as `2 h 05 min`, `5 min` or `12 s`. */
function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}
