import type { QueryPlan } from '@apollo/query-planner';
import type { SupergraphPlanner } from '../planning/plan-supergraph.ts';

/** A supergraph on which operations are executed; another thread may plan them. */
export interface ExecutableSupergraph extends Omit<SupergraphPlanner, 'plan'> {
  /** @throws GraphQLError when the operation cannot be planned */
  plan(...operation: Parameters<SupergraphPlanner['plan']>): QueryPlan | Promise<QueryPlan>;
  /** True when compiled plans keep their query plans. */
  readonly keepsQueryPlans?: boolean;
}
