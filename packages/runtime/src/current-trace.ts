import { AsyncLocalStorage } from 'node:async_hooks';
import type { Trace } from './trace.ts';

const traces = new AsyncLocalStorage<Trace>();

/** Does work of which everything belongs to a trace, also what it waits for. One that nobody will see is not followed, and costs nothing. */
export function withTrace<Result>(trace: Trace | undefined, work: () => Result): Result {
  return trace?.isRecorded ? traces.run(trace, work) : work();
}

/** The trace that what happens now belongs to; undefined where nobody will see it. */
export function currentTrace(): Trace | undefined {
  return traces.getStore();
}
