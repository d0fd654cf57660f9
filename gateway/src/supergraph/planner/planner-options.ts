import type { ProcessContext } from '@marquee/runtime/process';
import type { PlannerOptions } from './planner.ts';
import { plannerBusy } from './planning-errors.ts';
import { createPlanningMetrics } from './planning-metrics.ts';
import { PreparationTurns } from './preparation-turns.ts';

/** Settings of the planner. */
export interface PlannerSettings {
  readonly PLANNING_TIMEOUT_MS: number;
  readonly PLANNING_MAX_WAITING: number;
  readonly PLANNER_IDLE_MS: number;
  readonly PLANNER_HEAP_MIB: number;
}

/** Returns the options of the planner, and registers its metrics. */
export function plannerOptions(ctx: ProcessContext, config: PlannerSettings): PlannerOptions {
  const { PLANNING_TIMEOUT_MS: timeoutMs, PLANNING_MAX_WAITING: maxWaiting } = config;
  const metrics = createPlanningMetrics(ctx.metrics);
  const turns = new PreparationTurns({
    maxWaiting,
    onWaiting: (change) => metrics.waiting.inc(change),
    rejection() {
      metrics.turnedAway.inc();
      return plannerBusy(timeoutMs);
    },
  });
  return {
    timeoutMs,
    maxWaiting,
    turns,
    heapMib: config.PLANNER_HEAP_MIB,
    idleMs: config.PLANNER_IDLE_MS,
    metrics,
    logger: ctx.logger,
  };
}
