import { DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES, operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { type QueryPlan, QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import { type GraphQLSchema, isAbstractType } from 'graphql';
import { type AccessRules, readAccessRules } from '../directives/access.ts';
import { markOneOf } from '../directives/one-of.ts';
import { type OverrideLabels, readOverrideLabels } from '../directives/override.ts';
import type { ExistenceFields } from '../graphql/collect-fields.ts';
import { documentOf, type NormalizedOperation } from '../graphql/normalized-operation.ts';
import { readExistenceFields } from './existence-fields.ts';
import { planWithDefer } from './plan-with-defer.ts';
import { postprocessPlan } from './postprocess-plan.ts';
import { preprocessSupergraph } from './preprocess-supergraph.ts';
import { splitFetchesByType } from './workarounds/split-fetches-by-type.ts';

/** A supergraph in the planner's thread. */
export interface SupergraphPlanner {
  readonly apiSchema: GraphQLSchema;
  /** The schema with inaccessible elements and join directives. */
  readonly fullSchema: GraphQLSchema;
  /** The subgraphs with their addresses in the supergraph. */
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  /** The names of fields that plans may select themselves. */
  readonly reservedKeys: ReadonlySet<string>;
  /** Requirements of types and fields for callers. */
  readonly accessRules: AccessRules;
  /** The labels of `@override` on which plans may depend. */
  readonly overrideLabels: OverrideLabels;
  readonly existenceFields: ExistenceFields;
  /**
   * @param overrides the labels of `@override` that are on or off; absent ones are off
   * @throws GraphQLError when the operation cannot be planned
   */
  plan(operation: NormalizedOperation, overrides?: ReadonlyMap<string, boolean>): QueryPlan;
}

/** Supported features with the purpose `SECURITY` or `EXECUTION`. A supergraph with another one is rejected. */
const SUPPORTED_FEATURES = new Set([
  ...DEFAULT_SUPPORTED_SUPERGRAPH_FEATURES,
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/policy/v0.1',
  'https://specs.apollo.dev/context/v0.1',
  // Tags are for caches of responses, and the gateway has none.
  'https://specs.apollo.dev/cacheTag/v0.1',
]);

/**
 * @param search limits of the planner's search
 * @throws Error, or GraphQLError with causes, when the supergraph is invalid or unsupported
 */
export function createSupergraphPlanner(sdl: string, search: QueryPlannerConfig['debug'] = {}): SupergraphPlanner {
  const preprocessed = preprocessSupergraph(sdl);
  const options = { supportedFeatures: SUPPORTED_FEATURES, validateSupergraph: true };
  const planned = Supergraph.build(preprocessed.document, options);
  // Specialized fields are for the planner alone.
  const supergraph = preprocessed.specialized.size === 0 ? planned : Supergraph.build(sdl, options);
  // `parseFetch` expects fetches without fragment spreads.
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
  const existenceFields = readExistenceFields(preprocessed.document);
  const existenceNames = [...existenceFields.values()].flatMap((byType) => [...byType.values()]);
  const schemas = { apiSchema, fullSchema: supergraph.schema.toGraphQLJSSchema() };
  return {
    ...schemas,
    subgraphs: supergraph.subgraphsMetadata(),
    accessRules: readAccessRules(preprocessed.document),
    overrideLabels: readOverrideLabels(preprocessed.document),
    existenceFields,
    reservedKeys: new Set([...preprocessed.reserved, ...existenceNames]),
    plan(operation, overrides = new Map()) {
      return planWithDefer(preprocessed, apiSchema, operation, (form) => {
        const planned = operationFromDocument(planningApi, documentOf(form), { validate: false });
        const options = { recursiveSelectionsLimitDisabled: true, overrideConditions: new Map(overrides) };
        const plan = postprocessPlan(preprocessed, planner.buildQueryPlan(planned, options));
        return isAnyAbstract ? splitFetchesByType(schemas, preprocessed, form, plan) : plan;
      });
    },
  };
}
