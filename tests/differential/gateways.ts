import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloGateway, type GraphQLDataSource } from '@apollo/gateway';
import { compileOperation } from '@marquee/gateway/execution/operation';
import { type DocumentNode, Kind, type OperationDefinitionNode } from 'graphql';
import type { Graph } from './graph.ts';
import type { Execution } from './world.ts';

type Variables = Record<string, unknown>;

/** What stands between a gateway and its subgraphs: it may be slow, fail or lie. */
export interface Wire {
  /** Milliseconds, anew for each request; 0 for at once. */
  delay(): number;
  /** @throws Error when the subgraph cannot be reached */
  carry(subgraph: string, answer: unknown): unknown;
}

export const WIRE: Wire = { delay: () => 0, carry: (_, answer) => answer };

/** An answer of which only what matters here is told. */
export interface Outcome {
  readonly data: unknown;
  /** The text of the data, where a gateway gives it. */
  readonly text?: string;
  readonly errors: readonly { readonly message: string; readonly path?: readonly (string | number)[] }[];
}

type Asked = (subgraph: string, request: { query: string; variables: Variables }) => Promise<unknown>;

function asking(graph: Graph, execution: Execution, wire: Wire): Asked {
  return async (subgraph, { query, variables }) => {
    const delay = wire.delay();
    if (delay > 0) await sleep(delay);
    const answer = await graph.part(subgraph, query, variables, execution);
    return wire.carry(subgraph, JSON.parse(JSON.stringify(answer)));
  };
}

/** Our own execution, as the gateway calls it. */
export async function ours(
  graph: Graph,
  document: DocumentNode,
  variables: Variables,
  execution: Execution,
  wire: Wire,
): Promise<Outcome & { readonly text: string }> {
  const ask = asking(graph, execution, wire);
  const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const compiled = compileOperation(graph.supergraph, document, operation as OperationDefinitionNode);
  const { data, errors, valueCompletion } = await compiled.execute(
    compiled.variables(variables),
    undefined,
    async ({ subgraph, body }) => {
      try {
        return (await ask(subgraph, JSON.parse(body))) as never;
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        throw { message: error.message, extensions: { code: 'SUBGRAPH_UNAVAILABLE', serviceName: subgraph } };
      }
    },
  );
  return { data: JSON.parse(data), text: data, errors: [...errors, ...valueCompletion] };
}

/** A subgraph that cannot be reached. */
export class Unreachable extends Error {}

export interface Vanilla {
  execute(
    document: DocumentNode,
    operation: { readonly query: string; readonly variables: Variables },
    execution: Execution,
    wire: Wire,
  ): Promise<Outcome>;
  stop(): Promise<void>;
}

interface VanillaResult {
  readonly data?: unknown;
  readonly errors?: Outcome['errors'];
  readonly extensions?: { readonly valueCompletion?: Outcome['errors'] };
}

/** Apollo Gateway as it is published, with data sources in this process. */
export async function startVanilla(graph: Graph): Promise<Vanilla> {
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const gateway = new ApolloGateway({
    supergraphSdl: graph.supergraphSdl,
    logger: silent,
    buildService: ({ name }): GraphQLDataSource<{ ask: Asked }> => ({
      async process({ request, context }) {
        const { query = '', variables = {} } = request;
        return (await context.ask(name, { query, variables })) as never;
      },
    }),
  });
  const schema = Promise.withResolvers<unknown>();
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => schema.resolve(apiSchema));
  const { executor } = await gateway.load();
  let count = 0;
  return {
    async execute(document, { query, variables }, execution, wire) {
      const result = executor({
        request: { query, variables },
        document,
        schema: await schema.promise,
        queryHash: `operation ${count++}`,
        operationName: null,
        context: { ask: asking(graph, execution, wire) },
        metrics: {},
        logger: silent,
        overallCachePolicy: {},
      } as never) as Promise<VanillaResult>;
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
