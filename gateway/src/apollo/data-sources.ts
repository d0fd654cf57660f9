import type { GraphQLDataSource } from '@apollo/gateway';
import { messageOf } from '@marquee/runtime/errors';
import { parse } from 'graphql';
import type { ExecutionError, RequestSubgraph, SubgraphResponse } from '../execution/execution-context.ts';
import { isObject } from '../graphql/own-property.ts';
import type { CacheHint, DataSourceResponse, GatewayRequest } from './apollo-types.ts';
import type { QueryPlanTrace } from './query-plan-trace.ts';

/** Apollo Server's context of one operation, with what the operation's subgraph requests add to it. */
export interface OperationContext {
  readonly incoming: GatewayRequest;
  /** Undefined when usage reporting collects no trace of the operation. */
  readonly trace: QueryPlanTrace | undefined;
  /** Cache hints of responses; data sources apply their own. */
  readonly cacheHints: CacheHint[];
}

/** `GraphQLDataSourceRequestKind.INCOMING_OPERATION`, which Apollo Gateway does not export. */
const INCOMING_OPERATION = 'incoming operation' as Extract<
  Parameters<GraphQLDataSource['process']>[0],
  { readonly incomingRequestContext: unknown }
>['kind'];

/** The request's members, as their JSON text has them. */
interface RequestBody {
  readonly query: string;
  readonly operationName?: string;
  readonly variables: Record<string, unknown>;
}

/**
 * Returns a function that fetches through data sources, with the request's context.
 *
 * @param sourceOf returns the data source of a subgraph
 * @param exposesDocument true when `process` receives the parsed operation
 */
export function requestDataSources(
  sourceOf: (subgraph: string) => GraphQLDataSource | undefined,
  exposesDocument: boolean,
): RequestSubgraph<OperationContext> {
  return async ({ subgraph, body, path }, { incoming, trace }) => {
    const { query, operationName, variables }: RequestBody = JSON.parse(body);
    const traced = trace?.begin(subgraph, path);
    try {
      const source = sourceOf(subgraph);
      if (source === undefined) throw new Error(`The subgraph ${subgraph} has no data source.`);
      const response = await source.process({
        kind: INCOMING_OPERATION,
        request: {
          query,
          variables,
          ...(operationName !== undefined && { operationName }),
          // Data sources set the URL and the method themselves.
          ...(traced && { http: { headers: traced.headers } as never }),
        },
        incomingRequestContext: incoming,
        context: incoming.context,
        ...(exposesDocument && { document: parse(query, { noLocation: true }) }),
        pathInIncomingRequest: [...path],
      });
      traced?.end(response.extensions?.ftv1);
      if (response.errors !== undefined && response.extensions?.ftv1 === undefined) {
        reportUntraced(incoming, subgraph, response.errors);
      }
      return responseOf(response);
    } catch (error) {
      traced?.end(undefined);
      throw {
        message: messageOf(error),
        extensions: isObject(error) && isObject(error.extensions) ? error.extensions : {},
        originalError: error,
      } satisfies ExecutionError;
    }
  };
}

function responseOf({ data, errors, extensions }: DataSourceResponse): SubgraphResponse {
  return {
    ...(data !== undefined && { data }),
    ...(errors !== undefined && errors.length > 0 && { errors }),
    ...(extensions !== undefined && { extensions }),
  };
}

/** Reports paths of errors that no subgraph's trace has, for Apollo's usage reporting. */
function reportUntraced(
  { metrics }: GatewayRequest,
  subgraph: string,
  errors: NonNullable<DataSourceResponse['errors']>,
): void {
  metrics.nonFtv1ErrorPaths ??= [];
  metrics.nonFtv1ErrorPaths.push(...errors.map(({ path }) => ({ subgraph, path })));
}
