import type { QueryPlannerConfig } from '@apollo/query-planner';
import type { SupergraphPlanner } from './plan-supergraph.ts';

/** Data that starts the planner's thread. */
export interface PlannerData {
  /** Text of the supergraph. */
  readonly sdl: string;
  /** Limits of the planner's search. */
  readonly search: QueryPlannerConfig['debug'];
}

/** The thread's description of its supergraph, sent once; schemas are SDL. */
export interface SupergraphDescription extends Omit<SupergraphPlanner, 'apiSchema' | 'fullSchema' | 'plan'> {
  readonly apiSchema: string;
  readonly fullSchema: string;
}

/** The thread's first message. */
export type LoadResult = { readonly description: SupergraphDescription } | { readonly reasons: readonly string[] };

/** The thread is asked for one plan at a time. */
export interface PlanRequest {
  /** The text of a normalised operation. */
  readonly text: string;
  /** Which labels of `@override` are on. */
  readonly overrides: ReadonlyMap<string, boolean> | undefined;
}

/** A plan as JSON, or why there is none. */
export type PlanResult =
  | { readonly plan: string }
  | { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> };
