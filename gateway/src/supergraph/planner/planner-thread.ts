import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { LoadResult, PlannerData, PlanRequest, PlanResult } from '../../planning/messages.ts';

/** Timeout for loading a supergraph. */
const LOAD_TIMEOUT_MS = 60_000;

/**
 * The thread's young generation, in MiB: planning is no faster with the larger one that Node takes where there is
 * memory.
 */
const YOUNG_GENERATION_MIB = 24;

/** The reason why a thread ended before it replied. */
export type ThreadEnd = 'timeout' | 'out_of_memory' | 'crash';

/** The thread ended before it replied. */
export class PlannerThreadEnded extends Error {
  readonly end: ThreadEnd;
  constructor(end: ThreadEnd, cause?: unknown) {
    super(`The planner's thread ended: ${end}`, { cause });
    this.end = end;
  }
}

/** The thread ended before it began with this operation. */
export class PlanNotBegun extends Error {}

export interface PlanOptions {
  /** Timeout, counted from the beginning of the planning. */
  readonly timeoutMs: number;
  /** Called when the planning begins. */
  readonly onBegin: () => void;
}

/** A thread that plans operations on one supergraph, one after the other. */
export interface PlannerThread {
  readonly loadResult: LoadResult;
  /** Resolves when the thread has ended for any reason. */
  readonly ended: Promise<PlannerThreadEnded>;
  /**
   * Plans an operation; a timeout ends the thread.
   *
   * @throws PlannerThreadEnded or PlanNotBegun, after which the thread is unusable
   */
  plan(request: PlanRequest, options: PlanOptions): Promise<PlanResult>;
  end(): Promise<void>;
}

interface Waiting<Message> extends PlanOptions {
  readonly settled: PromiseWithResolvers<Message>;
}

/**
 * Starts a thread and loads the supergraph in it.
 *
 * @param heapMib limit of the thread's heap, in MiB
 * @param search limits of the planner's search
 * @throws PlannerThreadEnded when the supergraph cannot be loaded within the limits
 */
export async function startPlannerThread(
  sdl: string,
  heapMib: number,
  search?: PlannerData['search'],
): Promise<PlannerThread> {
  const worker = new Worker(new URL('../../planning/thread.ts', import.meta.url), {
    name: 'planner',
    workerData: { sdl, search } satisfies PlannerData,
    resourceLimits: { maxOldGenerationSizeMb: heapMib, maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
    env: {},
  });
  let over: PlannerThreadEnded | undefined;
  const ended = Promise.race([
    once(worker, 'exit').then(() => new PlannerThreadEnded('crash')),
    new Promise<PlannerThreadEnded>((resolve) => worker.once('error', (error) => resolve(endOf(error)))),
  ]).then((end) => over ?? end);

  // One listener for all replies: each race with a lasting promise would leave a reaction on it.
  const waiting: Waiting<unknown>[] = [];
  let timer: NodeJS.Timeout | undefined;

  function begin(): void {
    const [first] = waiting;
    if (first === undefined) return;
    first.onBegin();
    timer = setTimeout(() => {
      over = new PlannerThreadEnded('timeout');
      void worker.terminate();
    }, first.timeoutMs);
  }
  worker.on('message', (message) => {
    if (over !== undefined) return;
    clearTimeout(timer);
    const first = waiting.shift();
    if (waiting.length === 0) worker.unref();
    begin();
    first?.settled.resolve(message);
  });
  void ended.then((end) => {
    over = end;
    clearTimeout(timer);
    const [first, ...others] = waiting.splice(0);
    first?.settled.reject(end);
    for (const { settled } of others) settled.reject(new PlanNotBegun());
  });

  function nextMessage<Message>(options: PlanOptions): Promise<Message> {
    if (over !== undefined) return Promise.reject(over);
    const settled = Promise.withResolvers<Message>();
    waiting.push({ ...options, settled: settled as PromiseWithResolvers<unknown> });
    if (waiting.length === 1) {
      // An idle thread keeps no process alive.
      worker.ref();
      begin();
    }
    return settled.promise;
  }

  return {
    loadResult: await nextMessage<LoadResult>({ timeoutMs: LOAD_TIMEOUT_MS, onBegin() {} }),
    ended,
    plan(request, options) {
      worker.postMessage(request);
      return nextMessage<PlanResult>(options);
    },
    end: async () => void (await worker.terminate()),
  };
}

function endOf(error: unknown): PlannerThreadEnded {
  const { code } = error as NodeJS.ErrnoException;
  return new PlannerThreadEnded(code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'out_of_memory' : 'crash', error);
}
