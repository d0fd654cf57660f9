import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';

/** The outcome of a planning: `refused` is that of an operation that cannot be planned, `started` a start of the thread. */
export type PlanningOutcome = 'started' | 'planned' | 'refused' | 'timeout' | 'out_of_memory' | 'crash';

export interface PlanningMetrics {
  readonly seconds: Histogram<'outcome'>;
  readonly waiting: Gauge;
  readonly turnedAway: Counter;
  readonly restarts: Counter;
}

export function createPlanningMetrics(registry: Registry): PlanningMetrics {
  const registers = [registry];
  const seconds = new Histogram({
    name: 'marquee_planning_seconds',
    help: 'Time to plan an operation, without waiting for it, by what came of it; started: time to start the planner.',
    labelNames: ['outcome'] as const,
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  for (const outcome of OUTCOMES) seconds.zero({ outcome });
  return {
    seconds,
    waiting: new Gauge({
      name: 'marquee_plannings_waiting',
      help: 'Operations that wait to be validated or planned.',
      registers,
    }),
    turnedAway: new Counter({
      name: 'marquee_plannings_turned_away_total',
      help: 'Operations that were not planned since too many were waiting.',
      registers,
    }),
    restarts: new Counter({
      name: 'marquee_planner_restarts_total',
      help: 'Threads of the planner that were started in place of one that had ended.',
      registers,
    }),
  };
}

const OUTCOMES: readonly PlanningOutcome[] = ['started', 'planned', 'refused', 'timeout', 'out_of_memory', 'crash'];
