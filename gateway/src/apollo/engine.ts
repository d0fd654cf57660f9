import { createHash } from 'node:crypto';
import type { GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan, QueryPlanCache, QueryPlannerConfig } from '@apollo/query-planner';
import { loadConfig } from '@marquee/runtime/config';
import type { ProcessContext } from '@marquee/runtime/process';
import { type DocumentNode, GraphQLError, type GraphQLSchema, type OperationDefinitionNode, print } from 'graphql';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import { fetchingFields, fetchingOptions } from '../config/fetching-config.ts';
import { planningFields } from '../config/gateway-config.ts';
import type { ExecutablePlan } from '../execution/executable-plan.ts';
import { type ExecutionResult, executePlan } from '../execution/execute-plan.ts';
import type { Variables } from '../execution/variables.ts';
import { normalizeOperation } from '../operations/normalize-operation.ts';
import { createOperationPlans, type OperationPlans } from '../operations/operation-plans.ts';
import { Cancellation } from '../subgraphs/cancellation.ts';
import { InFlight } from '../subgraphs/in-flight.ts';
import { createSubgraphClient, type SubgraphClient } from '../subgraphs/subgraph-client.ts';
import { WriteTracker } from '../subgraphs/writes.ts';
import { loadSupergraph, type SubgraphUrls } from '../supergraph/load-supergraph.ts';
import { plannerOptions } from '../supergraph/planner/planner-options.ts';
import type { CacheHint } from './apollo-types.ts';
import { withTracesAndHints } from './client.ts';
import { type OperationContext, requestDataSources } from './data-sources.ts';
import { inSpan, type Telemetry } from './spans.ts';

/** The result of an execution, with the cache hints of the subgraphs' responses. */
export interface ExecutedOperation {
  readonly result: ExecutionResult;
  readonly cacheHints: readonly CacheHint[];
}

/** An operation of a document that Apollo Server has validated. */
export interface ValidOperation {
  readonly document: DocumentNode;
  /** Hash of the document. */
  readonly queryHash: string;
  readonly operation: OperationDefinitionNode;
}

/** A compiled operation with its executions in progress. */
export interface EngineOperation {
  readonly kind: OperationDefinitionNode['operation'];
  /** @throws GraphQLError when the operation cannot be planned */
  planFor(variables: Variables): ExecutablePlan | Promise<ExecutablePlan>;
  readonly inFlight: InFlight<ExecutedOperation, undefined>;
}

/** A supergraph with its planner and the operations that are compiled for it. */
export interface Engine {
  readonly apiSchema: GraphQLSchema;
  /** Returns the compiled operation; the planner plans it when a plan is needed. */
  operation(valid: ValidOperation): EngineOperation;
  /** Executes a plan; equal queries share an execution where nothing but their variables distinguishes them. */
  execute(
    operation: EngineOperation,
    plan: ExecutablePlan,
    variables: Variables,
    context: OperationContext,
  ): Promise<ExecutedOperation>;
  /** Keeps the planner's thread running for the next operation. */
  keepWarm(): void;
  /** Ends the planner after the operations that wait. */
  close(): Promise<void>;
}

export interface EngineOptions {
  /** Limit of the memory of compiled operations, in bytes. */
  readonly cacheBytes: number;
  /** Cache of query plans, which processes may share. */
  readonly planCache: QueryPlanCache | undefined;
  readonly telemetry: Telemetry | undefined;
  /** True when data sources receive parsed operations. */
  readonly exposesDocuments: boolean;
  /** Limits of the planner's search. */
  readonly plannerLimits: QueryPlannerConfig['debug'];
  /** Returns the data source of a subgraph; without it subgraphs are requested by the gateway's client. */
  readonly dataSourceOf?: (subgraph: string) => GraphQLDataSource | undefined;
}

/** Settings of the environment, with the defaults of the gateway's process. */
const settings = z.object({ ...fetchingFields, ...planningFields });

/**
 * Returns a function that loads a supergraph in a planner thread; all supergraphs share the connections to subgraphs. It takes the schema of
 * which Apollo Server validates operations, and rejects with MarqueeError `SUPERGRAPH_INVALID`.
 */
export function createEngineLoader(
  ctx: ProcessContext,
  options: EngineOptions,
): (sdl: string, apiSchema: GraphQLSchema) => Promise<Engine> {
  const { cacheBytes, planCache, telemetry, dataSourceOf } = options;
  const config = loadConfig(settings, process.env);
  const planner = { ...plannerOptions(ctx, config), search: options.plannerLimits };
  const writes = config.IN_FLIGHT_DEDUPLICATION ? new WriteTracker() : undefined;
  const clientOptions = { ...fetchingOptions(config), writes, signingKey: undefined };
  const client: SubgraphClient<OperationContext> =
    dataSourceOf === undefined
      ? withTracesAndHints(createSubgraphClient(ctx, clientOptions))
      : () => requestDataSources(dataSourceOf, options.exposesDocuments);
  const subgraphUrls: SubgraphUrls | undefined = dataSourceOf === undefined ? new Map() : undefined;

  return async (sdl, apiSchema) => {
    const loaded = await loadSupergraph('of the gateway', sdl, { subgraphUrls, client, planner });

    const requestSubgraph: typeof loaded.requestSubgraph = async (request, context) =>
      inSpan('gateway.fetch', { service: request.subgraph }, telemetry, () => loaded.requestSubgraph(request, context));

    async function plan(...[operation, overrides]: Parameters<typeof loaded.plan>): Promise<QueryPlan> {
      const key = planCache && createHash('sha256').update(print(operation)).digest('hex');
      const cached = key && (await planCache?.get(key));
      if (cached) return cached;
      const name = operation.name && { 'graphql.operation.name': operation.name.value };
      const planned = await inSpan('gateway.plan', { ...name }, telemetry, () => loaded.plan(operation, overrides));
      if (key) await planCache?.set(key, planned);
      return planned;
    }

    const supergraph = { ...loaded, apiSchema, plan, keepsQueryPlans: true };
    const operations = new LRUCache<string, EngineOperation & { readonly plans: OperationPlans }>({
      maxSize: cacheBytes,
      sizeCalculation: ({ plans }) => plans.size,
    });

    async function run(executable: ExecutablePlan, variables: Variables, context: OperationContext) {
      const result = await executePlan(executable, variables, context, requestSubgraph);
      return { result, cacheHints: context.cacheHints };
    }

    return {
      apiSchema,
      operation({ queryHash, document, operation }) {
        if (operation.operation === 'subscription') throw subscriptionRejected();
        const key = `${queryHash} ${operation.name?.value ?? ''}`;
        const existing = operations.get(key);
        if (existing !== undefined) return existing;
        const plans = createOperationPlans(supergraph, normalizeOperation(apiSchema, document, operation), {
          onGrowth: () => void operations.set(key, compiled),
        });
        const compiled = {
          plans,
          kind: operation.operation,
          planFor: ({ coerced }: Variables) => plans.planFor(undefined, () => false, coerced),
          inFlight: new InFlight<ExecutedOperation, undefined>(),
        };
        operations.set(key, compiled);
        return compiled;
      },
      execute({ kind, inFlight }, executable, variables, context) {
        const isShared = dataSourceOf === undefined && kind === 'query' && context.trace === undefined;
        const epoch = isShared ? writes?.epoch : undefined;
        if (epoch === undefined) return run(executable, variables, context);
        const key = JSON.stringify(variables.given);
        const equal = inFlight.find(key, epoch);
        if (equal !== undefined) return equal.result;
        // Apollo Server does not report clients that leave: nothing is cancelled.
        return inFlight.add(key, epoch, run(executable, variables, context), undefined, new Cancellation());
      },
      keepWarm: loaded.keepWarm,
      close: loaded.close,
    };
  };
}

/** Apollo Server calls a gateway for single results only. */
function subscriptionRejected(): GraphQLError {
  const message = 'Apollo Server does not execute subscriptions of a gateway: subscribe at the Marquee gateway.';
  return new GraphQLError(message, { extensions: { code: 'BAD_REQUEST' } });
}
