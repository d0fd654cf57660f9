import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import { objectsAt, parsePath, responseKeysOf } from '../../graphql/response-path.ts';
import type { ExecutionContext, PlanStep, SubgraphResponse } from '../execution-context.ts';
import { errorPath, hasMaxErrors, reportError, subgraphError } from '../subgraph-errors.ts';
import { applyDataRewrites } from './data-rewrites.ts';
import { compileMerge } from './merge-result.ts';
import { compileRestoreNumbers } from './restore-numbers.ts';
import { checkResponse, clientVariables, sendRequest, startOfBody } from './subgraph-request.ts';

/** The root field of a subscription: the request for its events, and the start of an execution for each of them. */
export interface EventSource {
  readonly subgraph: string;
  /** Returns the JSON text of the request for these variables. */
  bodyFor(variables: ExecutionContext['variables']): string;
  /** Adds the data and the errors of an event to its execution. */
  addEvent(context: ExecutionContext, event: SubgraphResponse): void;
}

/**
 * Compiles a fetch of root fields.
 *
 * @param path of the objects that get the fields; empty for the root itself
 */
export function compileRootFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): PlanStep {
  const subgraph = node.serviceName;
  const isMutation = node.operationKind === 'mutation';
  const bodyFor = compileBody(node);
  const { restoreNumbers, addResponse } = compileResponse(schema, node, path);
  return async (context) => {
    const request = { subgraph, path, body: bodyFor(context.variables), isMutation, node };
    const response = await sendRequest(context, request, restoreNumbers);
    if (response !== undefined) addResponse(context, response);
  };
}

/** Compiles the fetch of a subscription's root field. */
export function compileEventSource(schema: GraphQLSchema, node: FetchNode): EventSource {
  const subgraph = node.serviceName;
  const { restoreNumbers, addResponse } = compileResponse(schema, node, []);
  return {
    subgraph,
    bodyFor: compileBody(node),
    addEvent(context, event) {
      const response = checkResponse(context, subgraph, event, restoreNumbers);
      if (response !== undefined) addResponse(context, response);
    },
  };
}

function compileBody(node: FetchNode): EventSource['bodyFor'] {
  const start = startOfBody(node);
  const names = node.variableUsages ?? [];
  return (variables) => `${start}${clientVariables(names, variables).slice(0, -1)}}}`;
}

function compileResponse(schema: GraphQLSchema, node: FetchNode, path: ResponsePath) {
  const subgraph = node.serviceName;
  const operation = parseFetch(node);
  const merge = compileMerge(schema, operation);
  const steps = parsePath(path);
  return {
    restoreNumbers: compileRestoreNumbers(schema, operation),
    addResponse(context: ExecutionContext, response: SubgraphResponse): void {
      for (const error of response.errors ?? []) {
        if (hasMaxErrors(context)) break;
        const keys = errorPath(error);
        reportError(context, subgraphError(subgraph, error), keys && [...responseKeysOf(steps), ...keys]);
      }
      if (response.data == null) return;
      applyDataRewrites(schema, node.outputRewrites, response.data);
      for (const target of objectsAt(context.data, steps, context.hasSharedObjects)) merge.into(target, response.data);
    },
  };
}
