import type { FetchNode, ResponsePath } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { parseFetch } from '../../graphql/fetch-nodes.ts';
import { objectsAt, parsePath, responseKeysOf } from '../../graphql/response-path.ts';
import type { PlanStep } from '../execution-context.ts';
import { errorPath, hasMaxErrors, reportError, subgraphError } from '../subgraph-errors.ts';
import { applyDataRewrites } from './data-rewrites.ts';
import { compileMerge } from './merge-result.ts';
import { compileRestoreNumbers } from './restore-numbers.ts';
import { clientVariables, sendRequest, startOfBody } from './subgraph-request.ts';

/**
 * Compiles a fetch of root fields.
 *
 * @param path of the objects that get the fields; empty for the root itself
 */
export function compileRootFetch(schema: GraphQLSchema, node: FetchNode, path: ResponsePath): PlanStep {
  const subgraph = node.serviceName;
  const isMutation = node.operationKind === 'mutation';
  const start = startOfBody(node);
  const names = node.variableUsages ?? [];
  const operation = parseFetch(node);
  const merge = compileMerge(schema, operation);
  const restoreNumbers = compileRestoreNumbers(schema, operation);
  const steps = parsePath(path);
  return async (context) => {
    const variables = clientVariables(names, context.variables).slice(0, -1);
    const response = await sendRequest(
      context,
      { subgraph, path, body: `${start}${variables}}}`, isMutation },
      restoreNumbers,
    );
    if (response === undefined) return;
    for (const error of response.errors ?? []) {
      if (hasMaxErrors(context)) break;
      const keys = errorPath(error);
      reportError(context, subgraphError(subgraph, error), keys && [...responseKeysOf(steps), ...keys]);
    }
    if (response.data == null) return;
    applyDataRewrites(schema, node.outputRewrites, response.data);
    for (const target of objectsAt(context.data, steps, context.hasSharedObjects)) merge.into(target, response.data);
  };
}
