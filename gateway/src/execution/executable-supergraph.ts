import type { QueryPlan } from '@apollo/query-planner';
import type { SupergraphPlanner } from '../planning/plan-supergraph.ts';

/** A supergraph that operations can be executed on; its planner may run in another thread. */
export interface ExecutableSupergraph extends Omit<SupergraphPlanner, 'plan'> {
  /** @throws GraphQLError when the operation cannot be planned */
  plan(...operation: Parameters<SupergraphPlanner['plan']>): QueryPlan | Promise<QueryPlan>;
  /** Keeps the planner ready for a new operation; called for each request of a client. */
  keepWarm?(): void;
}
