import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType } from 'graphql';
import { type AccessRules, readAccessRules } from '../directives/access.ts';
import { markOneOf } from '../directives/one-of.ts';
import { type OverrideLabels, readOverrideLabels } from '../directives/override.ts';
import { documentOf, type NormalizedOperation } from '../graphql/normalized-operation.ts';
import { planWithDefer } from './plan-with-defer.ts';
import { postprocessPlan } from './postprocess-plan.ts';
import { preprocessSupergraph } from './preprocess-supergraph.ts';
import { splitFetchesByType } from './workarounds/split-fetches-by-type.ts';

/** A supergraph that operations can be planned on. */
export interface SupergraphPlanner {
  /** The API schema. */
  readonly apiSchema: GraphQLSchema;
  /** With what only subgraphs see. */
  readonly fullSchema: GraphQLSchema;
  /** The subgraphs with the addresses that the supergraph gives. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** Names of fields that plans may ask for on their own account. */
  readonly reservedKeys: ReadonlySet<string>;
  /** Requirements of types and fields for callers. */
  readonly accessRules: AccessRules;
  /** The labels of `@override` that plans may depend on. */
  readonly overrideLabels: OverrideLabels;
  /**
   * @param overrides which labels of `@override` are on; those that it does not tell of are off
   * @throws GraphQLError when the operation asks for more than can be planned
   */
  plan(operation: NormalizedOperation, overrides?: ReadonlyMap<string, boolean>): QueryPlan;
}

/**
 * Features that a supergraph says it cannot be served rightly without, `for: SECURITY` or `for: EXECUTION`; with any other it is not served.
 * Costs have no such purpose.
 */
const SUPPORTED_FEATURES = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/policy/v0.1',
  'https://specs.apollo.dev/context/v0.1',
  // What it tags answers with is for caches of them, of which there is none here.
  'https://specs.apollo.dev/cacheTag/v0.1',
]);

/**
 * @param search limits of the planner's search
 * @throws Error, or GraphQLError with causes, when the text is no supergraph that can be served
 */
export function createSupergraphPlanner(sdl: string, search: QueryPlannerConfig['debug'] = {}): SupergraphPlanner {
  const planning = preprocessSupergraph(sdl);
  const options = { supportedFeatures: SUPPORTED_FEATURES, validateSupergraph: true };
  const planned = Supergraph.build(planning.document, options);
  // Baked fields are for the planner alone.
  const supergraph = planning.specialized.size === 0 ? planned : Supergraph.build(sdl, options);
  // Without fragment spreads in plans: `parseFetch` expects operations without them.
  const planner = new QueryPlanner(planned, {
    // The planner takes one or the other.
    incrementalDelivery: { enableDefer: !search.bypassPlannerForSingleSubgraph },
    reuseQueryFragments: false,
    generateQueryFragments: false,
    debug: search,
  });
  const planningApi = planned.apiSchema();
  const apiSchema = markOneOf(supergraph.apiSchema().toGraphQLJSSchema({ includeDefer: true }), supergraph.schema);
  const isAnyAbstract = Object.values(apiSchema.getTypeMap()).some((type) => isAbstractType(type));
  const schemas = { apiSchema, fullSchema: supergraph.schema.toGraphQLJSSchema() };
  return {
    ...schemas,
    subgraphs: supergraph.subgraphsMetadata(),
    accessRules: readAccessRules(planning.document),
    overrideLabels: readOverrideLabels(planning.document),
    reservedKeys: planning.reserved,
    plan(operation, overrides = new Map()) {
      return planWithDefer(planning, apiSchema, operation, (form) => {
        const planned = operationFromDocument(planningApi, documentOf(form), { validate: false });
        const options = { recursiveSelectionsLimitDisabled: true, overrideConditions: new Map(overrides) };
        const plan = postprocessPlan(planning, planner.buildQueryPlan(planned, options));
        return isAnyAbstract ? splitFetchesByType(schemas, planning, form, plan) : plan;
      });
    },
  };
}
