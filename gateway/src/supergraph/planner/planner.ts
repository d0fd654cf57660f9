import { createHash } from 'node:crypto';
import type { QueryPlan } from '@apollo/query-planner';
import type { Logger } from '@marquee/runtime/logger';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { PlannerData, PlanRequest, SupergraphDescription } from '../../planning/messages.ts';
import { startPlannerThread } from './planner-thread.ts';
import type { PlanningMetrics } from './planning-metrics.ts';
import { PlanningQueue } from './planning-queue.ts';
import type { PreparationTurns } from './preparation-turns.ts';

export interface PlannerOptions {
  readonly timeoutMs: number;
  /** Limit of the thread's heap, in MiB. */
  readonly heapMib: number;
  readonly maxWaiting: number;
  /** Idle time after which the thread ends until the next operation, in ms; 0: never. */
  readonly idleMs: number;
  /** Turns on this thread, in which plans are parsed and compiled. */
  readonly turns: PreparationTurns;
  /** Limits of the planner's search; by default the planner's own. */
  readonly search?: PlannerData['search'];
  readonly metrics: PlanningMetrics;
  readonly logger: Logger;
}

/** Plans operations on one supergraph in another thread. */
export interface Planner {
  readonly description: SupergraphDescription;
  /**
   * Plans an operation; equal operations in progress are planned once.
   *
   * @throws GraphQLError as `PlanningQueue.plan`
   */
  plan(request: PlanRequest): Promise<QueryPlan>;
  /** Keeps the thread running for the next operation; called for each request of a client. */
  keepWarm(): void;
  /** Ends the planner after the operations that wait. */
  close(): Promise<void>;
}

/** Failed operations that are not planned again for 60 s. */
const FAILURES = { max: 1_000, ttl: 60_000 };

/** Codes of errors that have nothing to do with the operation. */
const TRANSIENT_CODES: ReadonlySet<unknown> = new Set(['PLANNER_BUSY', 'PLANNER_UNAVAILABLE']);

/**
 * Starts a planner thread.
 *
 * @returns the planner, or the reasons why the supergraph is invalid
 * @throws PlannerThreadEnded when it cannot be loaded within the limits
 */
export async function startPlanner(
  sdl: string,
  options: PlannerOptions,
): Promise<Planner | { reasons: readonly string[] }> {
  const start = async () => {
    const begun = performance.now();
    const started = await startPlannerThread(sdl, options.heapMib, options.search);
    options.metrics.seconds.observe({ outcome: 'started' }, (performance.now() - begun) / 1000);
    return started;
  };
  const thread = await start();
  if ('reasons' in thread.loadResult) {
    await thread.end();
    return thread.loadResult;
  }
  const { description } = thread.loadResult;
  const queue = new PlanningQueue({ ...options, thread, restart: start });
  const inProgress = new Map<string, Promise<QueryPlan>>();
  const failures = new LRUCache<string, GraphQLError>(FAILURES);

  async function plan(key: string, request: PlanRequest): Promise<QueryPlan> {
    try {
      const json = await queue.plan(request);
      await options.turns.resume();
      return JSON.parse(json) as QueryPlan;
    } catch (error) {
      if (error instanceof GraphQLError && !TRANSIENT_CODES.has(error.extensions.code)) failures.set(key, error);
      throw error;
    } finally {
      inProgress.delete(key);
    }
  }

  return {
    description,
    plan(request) {
      const key = keyOf(request);
      const failure = failures.get(key);
      if (failure !== undefined) return Promise.reject(failure);
      const pending = inProgress.get(key);
      if (pending !== undefined) return pending;
      const running = plan(key, request);
      inProgress.set(key, running);
      return running;
    },
    keepWarm: () => queue.keepWarm(),
    close: () => queue.close(),
  };
}

function keyOf({ text, overrides = new Map() }: PlanRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([text, ...overrides]))
    .digest('base64');
}
