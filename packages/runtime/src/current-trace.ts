import { AsyncLocalStorage } from 'node:async_hooks';
import type { Trace } from './trace.ts';

const traces = new AsyncLocalStorage<Trace>();

/** Runs work, and whatever it awaits, within a trace. A trace that is not recorded costs nothing. */
export function withTrace<Result>(trace: Trace | undefined, work: () => Result): Result {
  return trace?.isRecorded ? traces.run(trace, work) : work();
}

/** Returns the trace of the running work; undefined where none is recorded. */
export function currentTrace(): Trace | undefined {
  return traces.getStore();
}
