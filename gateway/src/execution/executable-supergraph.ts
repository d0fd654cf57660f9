import type { QueryPlan } from '@apollo/query-planner';
import type { SupergraphPlanner } from '../planning/plan-supergraph.ts';

/** A supergraph that operations can be executed on; they may be planned elsewhere. */
export interface ExecutableSupergraph extends Omit<SupergraphPlanner, 'plan'> {
  /** As a planned supergraph does, sooner or later; @throws GraphQLError when the operation cannot be planned */
  plan(...operation: Parameters<SupergraphPlanner['plan']>): QueryPlan | Promise<QueryPlan>;
  /** Says that a client is there, who may request a new operation. */
  keepWarm?(): void;
}
