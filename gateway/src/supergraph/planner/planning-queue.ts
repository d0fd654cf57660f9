import { currentTrace } from '@marquee/runtime/current-trace';
import type { Logger } from '@marquee/runtime/logger';
import type { Trace } from '@marquee/runtime/tracing';
import { GraphQLError } from 'graphql';
import type { PlanRequest } from '../../planning/messages.ts';
import { PlanNotBegun, type PlannerThread, PlannerThreadEnded } from './planner-thread.ts';
import { plannerBusy, plannerUnavailable, planningEnded } from './planning-errors.ts';
import type { PlanningMetrics, PlanningOutcome } from './planning-metrics.ts';

export interface PlanningQueueOptions {
  /** The first thread. */
  readonly thread: PlannerThread;
  /** Starts a thread in place of one that ended. */
  readonly restart: () => Promise<PlannerThread>;
  /** Timeout of one planning, in ms; it waits for its turn as long as a few timeouts. */
  readonly timeoutMs: number;
  /** Limit of waiting plannings. */
  readonly maxWaiting: number;
  /** Idle time after which the thread ends to free its memory, in ms; 0: never. */
  readonly idleMs: number;
  readonly metrics: PlanningMetrics;
  readonly logger: Logger;
}

interface Job {
  readonly request: PlanRequest;
  readonly since: number;
  readonly trace: Trace | undefined;
  readonly settled: PromiseWithResolvers<string>;
}

/** Timeouts for which a planning waits before it is rejected. */
const MAX_WAIT_TIMEOUTS = 3;

/**
 * Plannings that the thread holds: the present one and the next, so that it does not wait for this thread in between.
 */
const MAX_SENT = 2;

/** A queue of plannings: one that ends the thread ends no waiting one. */
export class PlanningQueue {
  readonly #options: PlanningQueueOptions;
  readonly #jobs: Job[] = [];
  #thread: Promise<PlannerThread> | undefined;
  #current: PlannerThread | undefined;
  #since = 0;
  readonly #working = new Set<Promise<void>>();
  #idle: NodeJS.Timeout | undefined;
  /** True when there was a request since the last idle check of the thread. */
  #isRequested = false;
  #closed = false;

  constructor(options: PlanningQueueOptions) {
    this.#options = options;
    this.#thread = Promise.resolve(options.thread);
    this.#follow(options.thread);
    this.#rest();
  }

  /**
   * Returns the plan as JSON.
   *
   * @throws GraphQLError `PLANNING_TIMEOUT`, `PLANNING_OUT_OF_MEMORY`, `PLANNING_FAILED`, `PLANNER_BUSY`,
   *   `PLANNER_UNAVAILABLE`, or the planner's own error
   */
  plan(request: PlanRequest): Promise<string> {
    const { maxWaiting, metrics, timeoutMs } = this.#options;
    if (this.#closed) return Promise.reject(plannerUnavailable());
    const waiting = this.#jobs.length + Math.max(0, this.#working.size - 1);
    if (waiting >= maxWaiting) {
      metrics.turnedAway.inc();
      return Promise.reject(plannerBusy(timeoutMs));
    }
    const settled = Promise.withResolvers<string>();
    const trace = currentTrace()?.begin('graphql.plan');
    this.#jobs.push({ request, since: performance.now(), trace, settled });
    metrics.waiting.inc();
    clearTimeout(this.#idle);
    if (this.#working.size < MAX_SENT) this.#begin();
    return settled.promise;
  }

  /** Starts a thread for the next operation that is not cached, since there are clients. */
  keepWarm(): void {
    this.#isRequested = true;
    // A thread that ended right after its start is restarted when it is needed.
    if (this.#thread !== undefined || this.#closed || performance.now() - this.#since < 1_000) return;
    this.#startAhead();
    this.#rest();
  }

  #startAhead(): void {
    this.#thread = this.#restart();
    this.#thread.catch(() => {}); // the operation that needs it fails
  }

  /** Ends the thread after the plannings that wait. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#idle);
    await Promise.all(this.#working);
    const thread = await this.#thread?.catch(() => undefined);
    await thread?.end();
  }

  #begin(): void {
    const working = this.#work().then(() => {
      this.#working.delete(working);
      if (this.#working.size === 0) this.#rest();
    });
    this.#working.add(working);
  }

  async #work(): Promise<void> {
    for (let job = this.#jobs.shift(); job !== undefined; job = this.#jobs.shift()) {
      this.#options.metrics.waiting.dec();
      const { settled, trace } = job;
      await this.#run(job).then(
        (plan) => {
          trace?.end();
          settled.resolve(plan);
        },
        (error: unknown) => {
          trace?.end({ error: codeOf(error) });
          settled.reject(error);
        },
      );
    }
  }

  /** Ends the thread when it is idle; the next planning starts another. */
  #rest(): void {
    const { idleMs } = this.#options;
    if (idleMs === 0 || this.#closed) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (this.#isRequested) {
        this.#isRequested = false;
        this.#rest();
        return;
      }
      const thread = this.#current;
      if (thread === undefined) return;
      this.#current = undefined;
      this.#thread = undefined;
      void thread.end();
    }, idleMs).unref();
  }

  async #run({ request, since, trace }: Job): Promise<string> {
    const { timeoutMs, metrics } = this.#options;
    if (performance.now() - since > MAX_WAIT_TIMEOUTS * timeoutMs) {
      metrics.turnedAway.inc();
      throw plannerBusy(timeoutMs);
    }
    for (;;) {
      const starting = this.#current === undefined ? trace?.begin('graphql.planner.start') : undefined;
      const thread = await this.#available().finally(() => starting?.end());
      try {
        return await this.#plan(thread, request);
      } catch (error) {
        // The planning before it ended the thread.
        if (!(error instanceof PlanNotBegun)) throw error;
      }
    }
  }

  async #plan(thread: PlannerThread, request: PlanRequest): Promise<string> {
    const { timeoutMs, metrics } = this.#options;
    let begun = performance.now();
    const onBegin = () => {
      begun = performance.now();
    };
    const ended = (outcome: PlanningOutcome) =>
      metrics.seconds.observe({ outcome }, (performance.now() - begun) / 1000);
    try {
      const result = await thread.plan(request, { timeoutMs, onBegin });
      ended('plan' in result ? 'planned' : 'refused');
      if ('plan' in result) return result.plan;
      throw new GraphQLError(result.message, { extensions: result.extensions });
    } catch (error) {
      if (!(error instanceof PlannerThreadEnded)) throw error;
      ended(error.end);
      this.#replace(thread, error);
      throw planningEnded(error.end, timeoutMs);
    }
  }

  async #available(): Promise<PlannerThread> {
    this.#thread ??= this.#restart();
    try {
      return await this.#thread;
    } catch {
      this.#thread = undefined; // #restart has logged it; the next operation tries again
      throw plannerUnavailable();
    }
  }

  async #restart(): Promise<PlannerThread> {
    const { restart, metrics, logger } = this.#options;
    metrics.restarts.inc();
    try {
      const thread = await restart();
      this.#follow(thread);
      return thread;
    } catch (error) {
      logger.error({ err: error, code: 'PLANNER_UNAVAILABLE' }, 'the planner cannot be restarted');
      throw error;
    }
  }

  #follow(thread: PlannerThread): void {
    this.#current = thread;
    this.#since = performance.now();
    void thread.ended.then((end) => this.#replace(thread, end));
  }

  /** Replaces a thread that has ended at once, so that the next operation does not wait for it. */
  #replace(thread: PlannerThread, { end, cause }: PlannerThreadEnded): void {
    if (this.#current !== thread || (this.#closed && this.#working.size === 0)) return;
    this.#options.logger.error({ end, err: cause, code: 'PLANNER_ENDED' }, 'the planner ended and is restarted');
    this.#current = undefined;
    this.#thread = undefined;
    // A thread that ends right after its start is restarted when it is needed.
    if (performance.now() - this.#since < 1_000) return;
    this.#startAhead();
  }
}

/** Returns the code of an error of planning, for its span. */
function codeOf(error: unknown): string {
  const code = error instanceof GraphQLError ? error.extensions.code : undefined;
  return typeof code === 'string' ? code : 'unexpected';
}
