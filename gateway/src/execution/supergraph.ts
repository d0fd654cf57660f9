import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner } from '@apollo/query-planner';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { mendPlan } from './mend-plan.ts';
import { planningSchema } from './planning-schema.ts';

/** A supergraph that operations can be planned on. */
export interface PlannedSupergraph {
  /** What clients see. */
  readonly apiSchema: GraphQLSchema;
  /** With what only subgraphs see. */
  readonly fullSchema: GraphQLSchema;
  /** The subgraphs with the addresses that the supergraph gives. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** @throws GraphQLError when the operation asks for more than can be planned */
  plan(document: DocumentNode, operationName: string | undefined): QueryPlan;
}

/** @throws Error, or GraphQLError with causes, when the text is no supergraph that can be served */
export function planSupergraph(sdl: string): PlannedSupergraph {
  const planning = planningSchema(sdl);
  const planned = Supergraph.build(planning.document, { validateSupergraph: true });
  // Baked fields are for the planner alone.
  const supergraph = planning.baked.size === 0 ? planned : Supergraph.build(sdl, { validateSupergraph: true });
  const planner = new QueryPlanner(planned);
  const planningApi = planned.apiSchema();
  return {
    apiSchema: supergraph.apiSchema().toGraphQLJSSchema(),
    fullSchema: supergraph.schema.toGraphQLJSSchema(),
    subgraphs: supergraph.subgraphsMetadata(),
    plan(document, operationName) {
      const operation = operationFromDocument(planningApi, document, {
        ...(operationName !== undefined && { operationName }),
        validate: false,
      });
      return mendPlan(planning, planner.buildQueryPlan(operation, { recursiveSelectionsLimitDisabled: true }));
    },
  };
}
