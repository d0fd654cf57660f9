import { paramsOf, type RequestRules } from '@marquee/graphql-over-http/http-request';
import type { Trace } from '@marquee/runtime/tracing';
import type { FastifyRequest } from 'fastify';
import type { GraphQLError } from 'graphql';
import type { RequestParams } from 'graphql-http';
import type { Variables } from '../execution/variables.ts';
import type { OperationStore } from '../operations/operation-store.ts';
import type { PersistedQueries } from '../operations/persisted-queries.ts';
import type { PreparedOperation } from '../operations/prepared-operation.ts';
import { InFlight } from '../subgraphs/in-flight.ts';
import type { Supergraph } from '../supergraph/load-supergraph.ts';
import type { IdentifyRequest } from './auth/identity.ts';
import type { RequestNames } from './hidden-names.ts';
import { type Rejection, rejectionOf } from './http-result.ts';
import { registerQueryVariables } from './inexact-numbers.ts';
import type { OperationMeter, OperationMetrics } from './operation-metrics.ts';
import type { CreateContext, RequestContext } from './request-context.ts';

/** The requests of one operation. */
export interface OperationRequests<Result> {
  readonly meter: OperationMeter;
  /** Queries in progress; the result of a cancelled one is undefined. */
  readonly inFlight: InFlight<Result | undefined, Trace | undefined>;
}

/** A request whose operation can be executed. */
export interface OperationRequest<Result> {
  readonly supergraph: Supergraph;
  readonly operation: PreparedOperation;
  readonly requests: OperationRequests<Result>;
  readonly variables: Variables;
  readonly context: RequestContext;
}

/** The parts of a request that are known so far; a rejection may interrupt its preparation anywhere. */
export interface RequestProgress extends RequestNames {
  params?: RequestParams;
  /** True once an error of the response is a failure of the gateway or a subgraph. */
  hasFailed?: boolean;
  /** Known when the caller has been identified. */
  context?: RequestContext;
}

export interface PreparationOptions extends RequestRules {
  /** Returns the present supergraph; a request ends on the one with which it began. */
  readonly served: () => Supergraph;
  readonly operations: OperationStore;
  readonly persisted: PersistedQueries;
}

/** Reads, identifies, validates and limits a request. It also rejects with errors of which `rejectionFor` makes a rejection. */
export type PrepareRequest<Result> = (
  request: FastifyRequest,
  trace: Trace | undefined,
  progress: RequestProgress,
) => Promise<OperationRequest<Result> | Rejection>;

export function createPreparation<Result>(
  options: PreparationOptions,
  admit: IdentifyRequest,
  contextOf: CreateContext,
  metrics: OperationMetrics,
): PrepareRequest<Result> {
  const { served, operations, persisted } = options;
  const requestsByOperation = new WeakMap<PreparedOperation, OperationRequests<Result>>();

  return async (request, trace, progress) => {
    const { headers, body, url, raw } = request;
    // The response to HEAD is that to GET without its body (RFC 9110, section 9.3.2).
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const completed = persisted.complete({ method, body, url });
    const params = await paramsOf({ method, headers, raw, ...completed }, options);
    if ('errors' in params) return params;
    progress.params = params;
    if (method === 'GET') registerQueryVariables(url, params.variables);
    const context = contextOf(request, await admit(request), trace);
    progress.context = context;
    const supergraph = served();
    progress.schema = supergraph.apiSchema;
    supergraph.keepWarm();
    const found = trace?.isRecorded ? Date.now() : undefined;
    const { query, operationName } = params;
    const mayWrite = method !== 'GET';
    const lookup =
      operations.cached(supergraph, query, operationName, mayWrite) ??
      (await operations.find(supergraph, query, operationName, mayWrite));
    if (!('operation' in lookup)) return { ...rejectionOf(lookup), isInvalidDocument: isInvalidDocument(lookup) };
    const { operation, literals } = lookup;
    let requests = requestsByOperation.get(operation);
    if (requests === undefined) {
      requests = { meter: metrics.meterOf(operation), inFlight: new InFlight() };
      requestsByOperation.set(operation, requests);
      // It was not cached: it has been parsed, validated and planned.
      if (found !== undefined) trace?.begin('graphql.prepare', { startTime: found }).end();
    }
    const variables = operation.variables(params.variables ?? {}, query, literals);
    operation.checkCost(variables);
    persisted.register(params.extensions, query);
    return { supergraph, operation, requests, variables, context };
  };
}

/** Codes of errors that concern an operation of a valid document. */
const OPERATION_CODES: ReadonlySet<unknown> = new Set(['OPERATION_RESOLUTION_FAILURE', 'BAD_REQUEST']);

function isInvalidDocument(errors: readonly GraphQLError[]): boolean {
  return errors.every(({ extensions }) => !OPERATION_CODES.has(extensions.code));
}
