import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { PlannerData, Planning, PlanRequest, Reading } from './messages.ts';

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

/** A thread for one supergraph; it does one thing at a time. */
export interface PlannerThread {
  readonly reading: Reading;
  /** Resolves, whatever the cause, when the thread is no more. */
  readonly ended: Promise<ThreadEnded>;
  /** @throws ThreadEnded, after which the thread is of no more use; one that takes longer than this is ended */
  plan(request: PlanRequest, timeoutMs: number): Promise<Planning>;
  end(): Promise<void>;
}

/**
 * @param heapMib bound of the thread's heap, in MiB
 * @throws ThreadEnded when the supergraph cannot be read within the bounds
 */
export async function startPlannerThread(sdl: string, heapMib: number): Promise<PlannerThread> {
  const worker = new Worker(new URL('./thread.ts', import.meta.url), {
    name: 'planner',
    workerData: { sdl } satisfies PlannerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMib, maxYoungGenerationSizeMb: YOUNG_MIB },
    env: {},
  });
  const ended = Promise.race([
    once(worker, 'exit').then(() => new ThreadEnded('crash')),
    new Promise<ThreadEnded>((resolve) => worker.once('error', (error) => resolve(endOf(error)))),
  ]);

  // One listener for all answers: each race with a promise that stays would leave something behind on it.
  let hearEnd: (end: ThreadEnded) => void = () => {};
  let over: ThreadEnded | undefined;
  void ended.then((end) => {
    over = end;
    hearEnd(end);
  });

  async function answer<Message>(timeoutMs: number): Promise<Message> {
    const first = Promise.withResolvers<{ message: Message } | ThreadEnded>();
    hearEnd = first.resolve;
    if (over !== undefined) first.resolve(over);
    worker.once('message', (message: Message) => first.resolve({ message }));
    const timeout = setTimeout(() => first.resolve(new ThreadEnded('timeout')), timeoutMs);
    const outcome = await first.promise;
    clearTimeout(timeout);
    if (!(outcome instanceof ThreadEnded)) return outcome.message;
    await worker.terminate();
    throw outcome;
  }

  return {
    reading: await answer<Reading>(READING_TIMEOUT_MS),
    ended,
    plan(request, timeoutMs) {
      worker.postMessage(request);
      return answer<Planning>(timeoutMs);
    },
    end: async () => void (await worker.terminate()),
  };
}

function endOf(error: unknown): ThreadEnded {
  const { code } = error as NodeJS.ErrnoException;
  return new ThreadEnded(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'crash', error);
}
