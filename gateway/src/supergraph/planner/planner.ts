import { createHash } from 'node:crypto';
import type { QueryPlan } from '@apollo/query-planner';
import type { Logger } from '@marquee/runtime/logger';
import { GraphQLError } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { PlanRequest, SupergraphFacts } from '../../planning/messages.ts';
import { startPlannerThread } from './planner-thread.ts';
import type { PlanningMetrics } from './planning-metrics.ts';
import { PlanningQueue } from './planning-queue.ts';
import type { PreparationTurns } from './preparation-turns.ts';

export interface PlannerOptions {
  readonly timeoutMs: number;
  /** Bound of the thread's heap, in MiB. */
  readonly heapMib: number;
  readonly maxWaiting: number;
  /** Time without requests after which the thread ends until the next, in ms; 0: never. */
  readonly idleMs: number;
  /** Turns on this thread for who compiles a plan. */
  readonly turns: PreparationTurns;
  readonly metrics: PlanningMetrics;
  readonly logger: Logger;
}

/** Plans operations on one supergraph, off this thread. */
export interface Planner {
  readonly facts: SupergraphFacts;
  /** Equal ones of one moment are planned once; @throws GraphQLError as `PlanningQueue.plan` */
  plan(request: PlanRequest): Promise<QueryPlan>;
  /** Has the planner ready for the next operation; called for each request of a client. */
  keepWarm(): void;
  /** Plans what is waiting, and ends. */
  close(): Promise<void>;
}

/** Operations that could not be planned are not tried again for a minute. */
const FAILURES = { max: 1_000, ttl: 60_000 };

/** Of nothing that is wrong with the operation. */
const PASSING: ReadonlySet<unknown> = new Set(['PLANNER_BUSY', 'PLANNER_UNAVAILABLE']);

/**
 * @returns the planner, or the reasons why the text is no supergraph that can be served
 * @throws ThreadEnded when it cannot be read within the bounds
 */
export async function startPlanner(
  sdl: string,
  options: PlannerOptions,
): Promise<Planner | { reasons: readonly string[] }> {
  const start = async () => {
    const begun = performance.now();
    const started = await startPlannerThread(sdl, options.heapMib);
    options.metrics.seconds.observe({ outcome: 'started' }, (performance.now() - begun) / 1000);
    return started;
  };
  const thread = await start();
  if ('reasons' in thread.reading) {
    await thread.end();
    return thread.reading;
  }
  const { facts } = thread.reading;
  const queue = new PlanningQueue({ ...options, thread, restart: start });
  const underWay = new Map<string, Promise<QueryPlan>>();
  const failures = new LRUCache<string, GraphQLError>(FAILURES);

  async function plan(key: string, request: PlanRequest): Promise<QueryPlan> {
    try {
      const json = await queue.plan(request);
      await options.turns.resume();
      return JSON.parse(json) as QueryPlan;
    } catch (error) {
      if (error instanceof GraphQLError && !PASSING.has(error.extensions.code)) failures.set(key, error);
      throw error;
    } finally {
      underWay.delete(key);
    }
  }

  return {
    facts,
    plan(request) {
      const key = keyOf(request);
      const failure = failures.get(key);
      if (failure !== undefined) return Promise.reject(failure);
      const known = underWay.get(key);
      if (known !== undefined) return known;
      const running = plan(key, request);
      underWay.set(key, running);
      return running;
    },
    keepWarm: () => queue.keepWarm(),
    close: () => queue.close(),
  };
}

function keyOf({ text, operationName, overrides = new Map() }: PlanRequest): string {
  return createHash('sha256')
    .update(JSON.stringify([text, operationName, ...overrides]))
    .digest('base64');
}
