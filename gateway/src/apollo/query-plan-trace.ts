import type { PlanNode, QueryPlan, ResponsePath } from '@apollo/query-planner';
import { google, Trace } from '@apollo/usage-reporting-protobuf';
import type { ApolloLogger, FetcherHeaders } from './apollo-types.ts';

/** A subgraph request whose trace is collected. */
export interface TracedFetch {
  /** Headers that request the subgraph's trace. */
  readonly headers: FetcherHeaders;
  /** @param ftv1 the subgraph's trace, encoded as https://www.apollographql.com/docs/federation/metrics has it */
  end(ftv1: unknown): void;
}

/** Traces of the subgraph requests of one operation, for Apollo's usage reporting. */
export interface QueryPlanTrace {
  /** Adds a request for the objects at a path. */
  begin(subgraph: string, path: ResponsePath): TracedFetch;
  /** Returns the nodes of a plan with the traces of its fetches. One that shared the request of another has none. */
  nodeOf(plan: QueryPlan | undefined): Trace.QueryPlanNode;
}

const { QueryPlanNode } = Trace;

/**
 * @param startHrTime the beginning of the operation, as `process.hrtime()` has it
 * @param rootType name of the operation's root type in the supergraph
 */
export function createQueryPlanTrace(
  startHrTime: [number, number] | undefined,
  rootType: string,
  logger: ApolloLogger,
): QueryPlanTrace {
  /** Fetches in the order of their requests, by subgraph and path. */
  const fetches = new Map<string, Trace.QueryPlanNode.FetchNode[]>();

  function nodeOf(node: PlanNode, path: ResponsePath): Trace.QueryPlanNode {
    switch (node.kind) {
      case 'Sequence':
        return new QueryPlanNode({ sequence: { nodes: node.nodes.map((child) => nodeOf(child, path)) } });
      case 'Parallel':
        return new QueryPlanNode({ parallel: { nodes: node.nodes.map((child) => nodeOf(child, path)) } });
      case 'Flatten': {
        const responsePath = node.path.map((key) => ({ fieldName: String(key) }));
        return new QueryPlanNode({ flatten: { responsePath, node: nodeOf(node.node, [...path, ...node.path]) } });
      }
      case 'Fetch': {
        const fetch = fetches.get(keyOf(node.serviceName, path))?.shift();
        return new QueryPlanNode({ fetch: fetch ?? { serviceName: node.serviceName } });
      }
      default:
        throw new Error(`Unexpected ${node.kind} node in a compiled plan.`);
    }
  }

  return {
    begin(serviceName, path) {
      const fetch = new QueryPlanNode.FetchNode({ serviceName, sentTime: timestamp() });
      if (startHrTime !== undefined) {
        const [seconds, nanoseconds] = process.hrtime(startHrTime);
        fetch.sentTimeOffset = seconds * 1e9 + nanoseconds;
      }
      const key = keyOf(serviceName, path);
      const started = fetches.get(key);
      if (started === undefined) fetches.set(key, [fetch]);
      else started.push(fetch);
      return {
        headers: new Headers({ 'apollo-federation-include-trace': 'ftv1' }) as FetcherHeaders,
        end(ftv1) {
          fetch.receivedTime = timestamp();
          if (typeof ftv1 !== 'string') return;
          fetch.traceParsingFailed = false;
          try {
            fetch.trace = Trace.decode(Buffer.from(ftv1, 'base64'));
            // Subgraphs may name their root types otherwise than the supergraph.
            for (const child of fetch.trace.root?.child ?? []) child.parentType = rootType;
          } catch (error) {
            fetch.traceParsingFailed = true;
            logger.error(`The trace of the subgraph ${serviceName} cannot be decoded: ${error}`);
          }
        },
      };
    },
    nodeOf: (plan) => (plan?.node === undefined ? new QueryPlanNode() : nodeOf(plan.node as PlanNode, [])),
  };
}

const keyOf = (subgraph: string, path: ResponsePath) => [subgraph, ...path].join('\n');

function timestamp(): google.protobuf.Timestamp {
  const milliseconds = Date.now();
  return new google.protobuf.Timestamp({
    seconds: Math.floor(milliseconds / 1_000),
    nanos: (milliseconds % 1_000) * 1e6,
  });
}
