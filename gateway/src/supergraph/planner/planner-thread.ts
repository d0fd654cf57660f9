import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlannerData, Planning, PlanRequest, Reading } from '../../planning/messages.ts';

/** Time that a supergraph may take to be read. */
const READING_TIMEOUT_MS = 60_000;

/** Of the thread's young objects, in MiB: with more of it, which Node takes where there is memory, plans are not made sooner. */
const YOUNG_MIB = 24;

/** How a thread came to its end before it answered. */
export type ThreadEnd = 'timeout' | 'out_of_memory' | 'crash';

/** A thread that ended instead of answering. */
export class ThreadEnded extends Error {
  readonly end: ThreadEnd;
  constructor(end: ThreadEnd, cause?: unknown) {
    super(`The planner's thread ended: ${end}`, { cause });
    this.end = end;
  }
}

/** The thread ended before it came to this. */
export class NotBegun extends Error {}

export interface PlanOptions {
  /** Time that it may take once it has begun. */
  readonly timeoutMs: number;
  /** Hears that it has begun. */
  readonly onBegin: () => void;
}

/** A thread for one supergraph. It does one thing at a time; what it is asked meanwhile it does next, without waiting for this thread. */
export interface PlannerThread {
  readonly reading: Reading;
  /** Resolves, whatever the cause, when the thread is no more. */
  readonly ended: Promise<ThreadEnded>;
  /** @throws ThreadEnded, or NotBegun, after which the thread is of no more use; one that takes longer than it may is ended */
  plan(request: PlanRequest, options: PlanOptions): Promise<Planning>;
  end(): Promise<void>;
}

interface Waiting<Message> extends PlanOptions {
  readonly settled: PromiseWithResolvers<Message>;
}

/**
 * @param heapMib bound of the thread's heap, in MiB
 * @throws ThreadEnded when the supergraph cannot be read within the bounds
 */
export async function startPlannerThread(sdl: string, heapMib: number): Promise<PlannerThread> {
  const worker = new Worker(new URL('../../planning/thread.ts', import.meta.url), {
    name: 'planner',
    workerData: { sdl } satisfies PlannerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMib, maxYoungGenerationSizeMb: YOUNG_MIB },
    env: {},
  });
  let over: ThreadEnded | undefined;
  const ended = Promise.race([
    once(worker, 'exit').then(() => new ThreadEnded('crash')),
    new Promise<ThreadEnded>((resolve) => worker.once('error', (error) => resolve(endOf(error)))),
  ]).then((end) => over ?? end);

  // One listener for all answers: each race with a promise that stays would leave something behind on it.
  const waiting: Waiting<unknown>[] = [];
  let timer: NodeJS.Timeout | undefined;

  function begin(): void {
    const [first] = waiting;
    if (first === undefined) return;
    first.onBegin();
    timer = setTimeout(() => {
      over = new ThreadEnded('timeout');
      void worker.terminate();
    }, first.timeoutMs);
  }
  worker.on('message', (message) => {
    if (over !== undefined) return;
    clearTimeout(timer);
    const first = waiting.shift();
    begin();
    first?.settled.resolve(message);
  });
  void ended.then((end) => {
    over = end;
    clearTimeout(timer);
    const [first, ...others] = waiting.splice(0);
    first?.settled.reject(end);
    for (const { settled } of others) settled.reject(new NotBegun());
  });

  function answer<Message>(options: PlanOptions): Promise<Message> {
    if (over !== undefined) return Promise.reject(over);
    const settled = Promise.withResolvers<Message>();
    waiting.push({ ...options, settled: settled as PromiseWithResolvers<unknown> });
    if (waiting.length === 1) begin();
    return settled.promise;
  }

  return {
    reading: await answer<Reading>({ timeoutMs: READING_TIMEOUT_MS, onBegin() {} }),
    ended,
    plan(request, options) {
      worker.postMessage(request);
      return answer<Planning>(options);
    },
    end: async () => void (await worker.terminate()),
  };
}

function endOf(error: unknown): ThreadEnded {
  const { code } = error as NodeJS.ErrnoException;
  return new ThreadEnded(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'crash', error);
}
