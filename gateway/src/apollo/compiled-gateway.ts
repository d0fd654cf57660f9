import { ApolloGateway, buildOperationContext, type GatewayConfig, type GraphQLDataSource } from '@apollo/gateway';
import { prettyFormatQueryPlan, type QueryPlan } from '@apollo/query-planner';
import { createContext, type StoppableContext } from '@marquee/runtime/process';
import { GraphQLError, type GraphQLSchema, getOperationAST, getVariableValues } from 'graphql';
import type { ExecutablePlan } from '../execution/executable-plan.ts';
import type { ExecutionError } from '../execution/execution-context.ts';
import { OperationRejected, type Variables, variablesRejected } from '../execution/variables.ts';
import { plannerUnavailable } from '../supergraph/planner/planning-errors.ts';
import type { GatewayRequest, GatewayResult } from './apollo-types.ts';
import {
  createEngineLoader,
  type Engine,
  type EngineOperation,
  type ExecutedOperation,
  type ValidOperation,
} from './engine.ts';
import { lazyData } from './lazy-data.ts';
import { apolloLogger } from './logger.ts';
import { createQueryPlanTrace } from './query-plan-trace.ts';
import { type StringifyResult, stringifyResult } from './response-text.ts';
import { inSpan } from './spans.ts';
import { rejectUnsupported } from './unsupported-config.ts';

/** The private members of `ApolloGateway` that this subclass reads. */
interface ApolloGatewayInternals {
  readonly serviceMap: Readonly<Record<string, { readonly dataSource: GraphQLDataSource }>>;
}

/** A supergraph that `ApolloGateway` has validated. */
interface AcceptedSupergraph {
  readonly apiSchema: GraphQLSchema;
  readonly sdl: string;
}

const MIB = 2 ** 20;
/** The limit of `ApolloGateway`'s cache of plans. */
const DEFAULT_CACHE_MIB = 30;
const PLAN_HEADER = 'Apollo-Query-Plan-Experimental';

/**
 * An `ApolloGateway` that executes compiled query plans: equal representations are requested once, entity requests of parallel fetches are
 * joined, and operations are planned in another thread. Schemas, data sources, supergraph managers, health checks and listeners are those of
 * `ApolloGateway`.
 *
 * Without `buildService` subgraphs are requested by Marquee's client, and equal queries in progress share one execution.
 *
 * @throws MarqueeError `UNSUPPORTED_OPTION` for options that it does not support
 */
export class CompiledGateway extends ApolloGateway {
  /** True when the data of results is parsed only when somebody reads it. */
  answersWithText = false;
  readonly #config: GatewayConfig;
  readonly #ctx: StoppableContext;
  readonly #loadEngine: (sdl: string, apiSchema: GraphQLSchema) => Promise<Engine>;
  /** Engines by their API schema: an operation ends on the supergraph on which it was validated. */
  readonly #engines = new WeakMap<GraphQLSchema, Promise<Engine>>();
  /** Engines whose planners run. */
  readonly #open = new Set<Engine>();
  #accepted: AcceptedSupergraph | undefined;

  constructor(config: GatewayConfig = {}) {
    rejectUnsupported(config);
    super(config);
    this.#config = { __exposeQueryPlanExperimental: process.env.NODE_ENV !== 'production', ...config };
    const { logger, telemetry, buildService, queryPlannerConfig } = config;
    this.#ctx = { ...createContext('gateway'), ...(logger && { logger: apolloLogger(logger) }) };
    this.#loadEngine = createEngineLoader(this.#ctx, {
      cacheBytes: (config.experimental_approximateQueryPlanStoreMiB ?? DEFAULT_CACHE_MIB) * MIB,
      telemetry,
      planCache: queryPlannerConfig?.cache,
      exposesDocuments: queryPlannerConfig?.exposeDocumentNodeInFetchNode === true,
      plannerLimits: queryPlannerConfig?.debug,
      ...(buildService && { dataSourceOf: (subgraph) => this.#serviceMap[subgraph]?.dataSource }),
    });
    this.executor = (request) => this.#execute(request);
    this.onSchemaLoadOrUpdate(({ apiSchema, coreSupergraphSdl: sdl }) => {
      this.#accepted = { apiSchema, sdl };
      void this.#load(this.#accepted);
    });
  }

  override async stop(): Promise<void> {
    await super.stop();
    await (this.#accepted && this.#engines.get(this.#accepted.apiSchema)?.catch(() => {}));
    await Promise.all([...this.#open].map((engine) => engine.close()));
    this.#open.clear();
    await this.#ctx.stop();
  }

  /**
   * Loads the planner of a supergraph that `ApolloGateway` has accepted, and closes those of the ones before. A failure is logged, and the next
   * operation loads the supergraph again.
   */
  #load({ apiSchema, sdl }: AcceptedSupergraph): Promise<Engine> {
    const loading = this.#replaceEngines(apiSchema, sdl);
    this.#engines.set(apiSchema, loading);
    loading.catch((error: unknown) => {
      this.#engines.delete(apiSchema);
      this.#ctx.logger.error({ err: error }, 'the supergraph cannot be loaded in the planner');
    });
    return loading;
  }

  async #replaceEngines(apiSchema: GraphQLSchema, sdl: string): Promise<Engine> {
    const previous = [...this.#open];
    const engine = await this.#loadEngine(sdl, apiSchema);
    this.#open.add(engine);
    for (const replaced of previous) {
      this.#open.delete(replaced);
      replaced.close().catch((error: unknown) => {
        this.#ctx.logger.error({ err: error }, 'a planner did not end');
      });
    }
    return engine;
  }

  async #execute(request: GatewayRequest): Promise<GatewayResult> {
    const { telemetry } = this.#config;
    const { document, operationName, source, queryHash } = request;
    const operation = request.operation ?? getOperationAST(document, operationName ?? request.request.operationName);
    const attributes = {
      ...(operationName && { operationName, 'graphql.operation.name': operationName }),
      ...(telemetry?.includeDocument && source && { 'graphql.document': source }),
      ...(operation && { 'graphql.operation.type': operation.operation }),
    };
    return inSpan('gateway.request', attributes, telemetry, async (report) => {
      if (!operation) throw new Error('The document has no operation of this name.');
      const result = await this.#resultOf({ document, queryHash, operation }, request);
      if (result.errors !== undefined) report(result.errors);
      return result;
    });
  }

  async #resultOf(valid: ValidOperation, request: GatewayRequest): Promise<GatewayResult> {
    try {
      const engine = await this.#engineOf(request.schema);
      engine.keepWarm();
      const variables = await this.#variablesOf(engine, valid, request);
      const operation = engine.operation(valid);
      const plan = await operation.planFor(variables);
      if (plan.queryPlan !== undefined) this.#reportPlan(engine, plan.queryPlan, request);
      return await this.#executePlan(engine, operation, plan, variables, request);
    } catch (error) {
      if (error instanceof OperationRejected) return { errors: error.errors };
      if (error instanceof GraphQLError) return { errors: [error] };
      throw error;
    }
  }

  /** @throws GraphQLError `PLANNER_UNAVAILABLE` when the supergraph cannot be loaded in the planner */
  async #engineOf(schema: GraphQLSchema): Promise<Engine> {
    const accepted = this.#accepted;
    if (accepted === undefined) throw new Error('The gateway is not loaded: `load` was not called, or failed.');
    const loading = this.#engines.get(schema) ?? this.#engines.get(accepted.apiSchema) ?? this.#load(accepted);
    return loading.catch(() => {
      throw plannerUnavailable();
    });
  }

  /** @throws OperationRejected for variables that cannot be coerced */
  async #variablesOf(
    { apiSchema }: Engine,
    { operation: { variableDefinitions = [] } }: ValidOperation,
    { request: { variables: given = {} } }: GatewayRequest,
  ): Promise<Variables> {
    const { coerced, errors } = await inSpan('gateway.validate', {}, this.#config.telemetry, (report) => {
      const values = getVariableValues(apiSchema, variableDefinitions, given);
      report(values.errors ?? []);
      return values;
    });
    if (errors !== undefined) throw variablesRejected(errors);
    return { given, coerced };
  }

  async #executePlan(
    engine: Engine,
    operation: EngineOperation,
    plan: ExecutablePlan,
    variables: Variables,
    incoming: GatewayRequest,
  ): Promise<GatewayResult> {
    const { metrics, logger, overallCachePolicy } = incoming;
    const { telemetry } = this.#config;
    const trace = metrics?.captureTraces
      ? createQueryPlanTrace(metrics.startHrTime, engine.apiSchema.getRootType(operation.kind)?.name ?? '', logger)
      : undefined;
    return inSpan('gateway.execute', {}, telemetry, async (report) => {
      const executed = await engine.execute(operation, plan, variables, { incoming, trace, cacheHints: [] });
      if (trace !== undefined) metrics.queryPlanTrace = trace.nodeOf(plan.queryPlan);
      for (const hint of executed.cacheHints) overallCachePolicy?.restrict(hint);
      const result = await inSpan('gateway.postprocessing', {}, telemetry, () =>
        this.#responseOf(executed, plan.queryPlan, incoming),
      );
      report(result.errors ?? []);
      return result;
    });
  }

  #responseOf(
    { result: { data, errors, valueCompletion } }: ExecutedOperation,
    plan: QueryPlan | undefined,
    { request }: GatewayRequest,
  ): GatewayResult {
    const headers = this.#config.__exposeQueryPlanExperimental ? request.http?.headers : undefined;
    const extensions = {
      ...(valueCompletion.length > 0 && { valueCompletion: valueCompletion.map(graphqlError) }),
      ...(plan !== undefined &&
        headers?.get(PLAN_HEADER) && { __queryPlanExperimental: exposed(plan, headers.get(`${PLAN_HEADER}-Format`)) }),
    };
    return {
      data: data === 'null' ? null : this.answersWithText ? lazyData(data) : JSON.parse(data),
      ...(errors.length > 0 && { errors: errors.map(graphqlError) }),
      ...(Object.keys(extensions).length > 0 && { extensions }),
    };
  }

  #reportPlan({ apiSchema }: Engine, queryPlan: QueryPlan, requestContext: GatewayRequest): void {
    const { debug, experimental_didResolveQueryPlan: onPlan } = this.#config;
    if (debug && queryPlan.node) requestContext.logger.debug(prettyFormatQueryPlan(queryPlan));
    onPlan?.({
      queryPlan,
      serviceMap: Object.fromEntries(
        Object.entries(this.#serviceMap).map(([name, { dataSource }]) => [name, dataSource]),
      ),
      requestContext,
      operationContext: buildOperationContext({
        schema: apiSchema,
        operationDocument: requestContext.document,
        ...(requestContext.request.operationName && { operationName: requestContext.request.operationName }),
      }),
    });
  }

  /** The data sources that `ApolloGateway` has built. */
  get #serviceMap(): ApolloGatewayInternals['serviceMap'] {
    return (this as unknown as ApolloGatewayInternals).serviceMap;
  }
}

/**
 * Returns the options of Apollo Server with which a response is sent as the text that the gateway wrote. Plugins that read or change the
 * response's data get objects, which are parsed only then.
 */
export function apolloServerOptions(gateway: CompiledGateway): {
  readonly gateway: CompiledGateway;
  readonly stringifyResult: StringifyResult;
} {
  gateway.answersWithText = true;
  return { gateway, stringifyResult };
}

/** Returns a plan as the client requested it; `true` says that plans are exposed, but this operation has none. */
function exposed(plan: QueryPlan, format: string | null | undefined): unknown {
  if (format === 'internal') return plan;
  if (format != null && format !== 'prettified') return true;
  return plan.node === undefined || prettyFormatQueryPlan(plan);
}

function graphqlError({ message, path, extensions, originalError }: ExecutionError): GraphQLError {
  return new GraphQLError(message, {
    ...(path && { path }),
    extensions,
    originalError: originalError instanceof Error ? originalError : null,
  });
}
