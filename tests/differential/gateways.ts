import { setTimeout as sleep } from 'node:timers/promises';
import { Supergraph } from '@apollo/federation-internals';
import { ApolloGateway, buildOperationContext, executeQueryPlan, type GraphQLDataSource } from '@apollo/gateway';
import type { QueryPlan } from '@apollo/query-planner';
import { createPlanCompiler } from '@marquee/gateway/execution/executable-plan';
import { executePlan } from '@marquee/gateway/execution/execute-plan';
import type { RequestSubgraph, SubgraphResponse } from '@marquee/gateway/execution/execution-context';
import { isPlainText } from '@marquee/gateway/execution/response/json-string';
import { normalizeOperation } from '@marquee/gateway/operations/normalize-operation';
import { type DocumentNode, type GraphQLSchema, getVariableValues, type OperationDefinitionNode } from 'graphql';
import { OPERATION, operationOf } from './any-operation.ts';
import type { Execution } from './generated-data.ts';
import type { Graph } from './graph.ts';

type Variables = Record<string, unknown>;

/** The connection between a gateway and its subgraphs: it may be slow, fail or return wrong data. */
export interface Wire {
  /** Returns the delay of one request in milliseconds. */
  delay(): number;
  /** @throws Error when the subgraph cannot be reached */
  carry(subgraph: string, answer: unknown): unknown;
}

export const WIRE: Wire = { delay: () => 0, carry: (_, answer) => answer };

/** The compared part of a response. */
export interface Outcome {
  readonly data: unknown;
  /** JSON text of the data, where the gateway returns it. */
  readonly text?: string;
  readonly errors: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[];
}

/** Returns a subgraph's response. */
export type Respond = (subgraph: string, request: { query: string; variables: Variables }) => Promise<unknown>;

function asking(graph: Graph, execution: Execution, wire: Wire): Respond {
  return async (subgraph, { query, variables }) => {
    const delay = wire.delay();
    if (delay > 0) await sleep(delay);
    const answer = await graph.part(subgraph, query, variables, execution);
    return wire.carry(subgraph, JSON.parse(JSON.stringify(answer)));
  };
}

/** Executes an operation by our gateway's execution. */
export async function ours(
  graph: Graph,
  document: DocumentNode,
  variables: Variables,
  execution: Execution,
  wire: Wire,
  overrides: ReadonlyMap<string, boolean> = new Map(),
): Promise<Outcome & { readonly text: string }> {
  return through(graph, document, variables, overrides, inProcess(asking(graph, execution, wire)));
}

const inProcess =
  (ask: Respond): RequestSubgraph<undefined> =>
  async ({ subgraph, body }) => {
    try {
      const answer = await ask(subgraph, JSON.parse(body));
      return { ...(answer as SubgraphResponse), isPlain: isPlainText(JSON.stringify(answer)) };
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      throw { message: error.message, extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: subgraph } };
    }
  };

/** Executes an operation with this transport to subgraphs. */
export async function through(
  { supergraph }: Graph,
  document: DocumentNode,
  variables: Variables,
  overrides: ReadonlyMap<string, boolean>,
  ask: RequestSubgraph<undefined>,
): Promise<Outcome & { readonly text: string }> {
  const normal = normalizeOperation(supergraph.apiSchema, document, operationOf(document));
  const coerced = variablesOf(supergraph.apiSchema, normal, variables);
  const plan = createPlanCompiler(supergraph, normal).compile(coerced.coerced, { overrides });
  const { data, errors, valueCompletion } = await executePlan(plan, coerced, undefined, ask);
  return { data: JSON.parse(data), text: data, errors: [...errors, ...valueCompletion] };
}

export function variablesOf(schema: GraphQLSchema, operation: OperationDefinitionNode, given: Variables) {
  const { coerced = {} } = getVariableValues(schema, operation.variableDefinitions ?? [], given);
  return { given, coerced };
}

export class Unreachable extends Error {}

export interface Vanilla {
  /** @param plan by default, the plan of Apollo's planner for the document */
  execute(
    document: DocumentNode,
    variables: Variables,
    execution: Execution,
    wire: Wire,
    plan?: QueryPlan,
  ): Promise<Outcome>;
  stop(): Promise<void>;
}

interface VanillaResult {
  readonly data?: unknown;
  readonly errors?: Outcome['errors'];
  readonly extensions?: { readonly valueCompletion?: Outcome['errors'] };
}

/** Starts the published Apollo Gateway with data sources in this process. */
export async function startVanilla(graph: Graph): Promise<Vanilla> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl: graph.supergraphSdl,
    logger: silent,
    buildService: ({ name }) => dataSource(name),
  });
  type Schemas = Parameters<Parameters<ApolloGateway['onSchemaLoadOrUpdate']>[0]>[0];
  const schemas = Promise.withResolvers<Schemas>();
  gateway.onSchemaLoadOrUpdate(schemas.resolve);
  const { executor } = await gateway.load();
  const { apiSchema: schema, coreSupergraphSdl } = await schemas.promise;
  const supergraph = Supergraph.build(coreSupergraphSdl);
  const [fullSchema, planningApi] = [supergraph.schema.toGraphQLJSSchema(), supergraph.apiSchema()];
  const services = Object.fromEntries(graph.subgraphs.map((name) => [name, dataSource(name)]));
  let count = 0;
  return {
    async execute(document, variables, execution, wire, plan) {
      const request = {
        request: { query: '', variables, operationName: OPERATION },
        document,
        schema,
        queryHash: `operation ${count++}`,
        operationName: null,
        context: { ask: asking(graph, execution, wire) },
        metrics: {},
        logger: silent,
        overallCachePolicy: {},
      } as never;
      const context = () => buildOperationContext({ schema, operationDocument: document, operationName: OPERATION });
      const result = (
        plan === undefined
          ? executor(request)
          : executeQueryPlan(plan, services, request, context(), fullSchema, planningApi)
      ) as Promise<VanillaResult>;
      const {
        data,
        errors = [],
        extensions,
      } = await result.catch((error: Error): VanillaResult => ({ errors: [error] }));
      return {
        data: data === undefined || data === null ? null : JSON.parse(JSON.stringify(data)),
        errors: [...errors, ...(extensions?.valueCompletion ?? [])],
      };
    },
    stop: () => gateway.stop(),
  };
}

const dataSource = (name: string): GraphQLDataSource<{ ask: Respond }> => ({
  async process({ request, context }) {
    const { query = '', variables = {} } = request;
    return (await context.ask(name, { query, variables })) as never;
  },
});
