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

/** A request for one plan. */
export interface PlanRequest {
  /** The text of a normalised operation. */
  readonly text: string;
  /** The labels of `@override` that are on or off. */
  readonly overrides: ReadonlyMap<string, boolean> | undefined;
}

/** A plan as JSON, or the error of the planner. */
export type PlanResult =
  | { readonly plan: string }
  | { readonly message: string; readonly extensions: Readonly<Record<string, unknown>> };
