import { errorsText } from '@marquee/graphql-over-http/error-limits';
import {
  badRequest,
  contentTypeOf,
  paramsOf,
  prefersHtml,
  type RequestRules,
  responseTypeFor,
} from '@marquee/graphql-over-http/http-request';
import { withTrace } from '@marquee/runtime/current-trace';
import { labelOf } from '@marquee/runtime/label';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace, Tracing } from '@marquee/runtime/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { createLabelPredicate } from '../directives/override.ts';
import { executeIncrementally, executePlan, type IncrementalExecution } from '../execution/execute-plan.ts';
import { OperationRejected, type Variables } from '../execution/variables.ts';
import type { OperationStore } from '../operations/operation-store.ts';
import type { PersistedQueries } from '../operations/persisted-queries.ts';
import type { PreparedOperation } from '../operations/prepared-operation.ts';
import { Cancellation } from '../subgraphs/cancellation.ts';
import { InFlight } from '../subgraphs/in-flight.ts';
import type { WriteTracker } from '../subgraphs/writes.ts';
import type { Supergraph } from '../supergraph/load-supergraph.ts';
import type { VerifyToken } from './auth/authentication.ts';
import { createAuthentication, createTokenIdentification } from './auth/identity.ts';
import { addVary, compress, compressible, compressStream, negotiateCoding } from './content-coding.ts';
import { type AllowedOrigins, registerCors } from './cors.ts';
import { createErrorFormatter, type FormatError, type PassesErrorsOf } from './error-formatter.ts';
import type { RequestNames } from './hidden-names.ts';
import type { ShowIde } from './ide.ts';
import { acceptsIncremental, INCREMENTAL_TYPE, multipart } from './incremental-delivery.ts';
import { registerJsonParser, registerQueryVariables } from './inexact-numbers.ts';
import { createOperationMetrics, type OperationMeter } from './operation-metrics.ts';
import { type RateLimit, registerRateLimit } from './rate-limit.ts';
import { type ContextOptions, createContexts, equalityKey, type RequestContext } from './request-context.ts';
import { registerRequestDecoding } from './request-decoding.ts';
import { createRequestErrorHandler, RequestRejection } from './request-errors.ts';
import { type ResponseBody, responseBody } from './response-body.ts';
import { registerSupergraph } from './supergraph.ts';
import { createClientTracker } from './waiting-clients.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions extends ContextOptions, RequestRules {
  /** Returns the present supergraph; a request ends on the one with which it began. */
  readonly served: () => Supergraph;
  /** Verifies tokens; undefined rejects requests with a token. */
  readonly verifyToken: VerifyToken | undefined;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
  readonly passesErrorsOf: PassesErrorsOf;
  readonly operations: OperationStore;
  readonly persisted: PersistedQueries;
  /** Writes in progress, when equal queries of one caller share an execution; undefined to share nothing. */
  readonly writes: WriteTracker | undefined;
  /** Enabled labels of `@override`, beside percentages. */
  readonly overrideLabels: ReadonlySet<string>;
  readonly rateLimit: RateLimit;
  readonly tracing: Tracing;
  /** Limit of operation names with metrics of their own. */
  readonly namedOperations: number;
  /** Origins whose pages may use the API from a browser; undefined for none but this server's. */
  readonly allowedOrigins: AllowedOrigins | undefined;
  /** Shows the IDE to a browser that opens the endpoint; undefined when the IDE is off. */
  readonly showIde: ShowIde | undefined;
}

/** The requests of one operation. */
interface OperationRequests {
  readonly meter: OperationMeter;
  /** Queries in progress; the result of a cancelled one is undefined. */
  readonly inFlight: InFlight<ResponseBody | undefined, Trace | undefined>;
}

/** The response, with its status for `application/graphql-response+json`. */
interface HttpResult extends ResponseBody {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** True for a GraphQL response, including rejections. */
  readonly isGraphql: boolean;
  /** The operation that was executed. */
  readonly operation?: PreparedOperation;
  readonly requests?: OperationRequests;
  /** The results after the initial one. */
  readonly subsequentResults?: IncrementalExecution['subsequentResults'];
  /** True when the execution was cancelled because its client left. */
  readonly isCancelled?: boolean;
}

/** Codes of malformed requests, whose status is independent of the media type. */
const MALFORMED: ReadonlySet<unknown> = new Set(['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE']);

/** The response to a client that has left; the status is nginx's. */
const CANCELLED = {
  status: 499,
  text: '',
  compressed: undefined,
  hasErrors: false,
  isGraphql: true,
  isCancelled: true,
} as const;

/** Supported methods, and those that are rejected. */
const METHODS = ['GET', 'POST'];
const REJECTED_METHODS = ['PUT', 'PATCH', 'DELETE'];
const ALLOW = [...METHODS, 'HEAD', 'OPTIONS'].join(', ');

/** Serves GraphQL over HTTP at {@link GRAPHQL_PATH}. */
export async function registerGraphql(
  server: FastifyInstance,
  ctx: ProcessContext,
  options: GraphqlOptions,
): Promise<void> {
  const { served, operations, persisted, verifyToken, development } = options;
  const metrics = createOperationMetrics(ctx.metrics, options.namedOperations);
  const requestsByOperation = new WeakMap<PreparedOperation, OperationRequests>();
  const formatError = createErrorFormatter(ctx.logger, {
    development,
    hints: options.showIde !== undefined,
    passesErrorsOf: options.passesErrorsOf,
  });
  const formatFor =
    (trace: Trace | undefined, written: RequestNames): FormatError =>
    (error) => {
      const formatted = formatError(error, trace?.id, written);
      metrics.countError(formatted.extensions.code);
      return formatted;
    };
  const isLabelOn = createLabelPredicate(options.overrideLabels);
  const contextOf = createContexts(options);
  const identify = createTokenIdentification(verifyToken);
  const admit = createAuthentication(identify, ctx.logger);
  const clients = createClientTracker();

  /**
   * Executes a request.
   *
   * @param written receives the client's query and variables
   */
  async function respond(
    request: FastifyRequest,
    trace: Trace | undefined,
    format: FormatError,
    written: RequestNames,
    client: Cancellation,
  ): Promise<HttpResult> {
    const { headers, body, url, raw } = request;
    // The response to HEAD is that to GET without its body (RFC 9110, section 9.3.2).
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const completed = persisted.complete({ method, body, url });
    const params = await paramsOf({ method, headers, raw, ...completed }, options);
    if ('errors' in params) return rejected(params.errors, format, params);
    if (method === 'GET') registerQueryVariables(url, params.variables);
    const context = contextOf(request, await admit(request), trace);
    const supergraph = served();
    written.schema = supergraph.apiSchema;
    written.query = params.query;
    written.variables = params.variables;
    supergraph.keepWarm();
    const found = trace?.isRecorded ? Date.now() : undefined;
    const { query, operationName } = params;
    const mayWrite = method !== 'GET';
    const lookup =
      operations.cached(supergraph, query, operationName, mayWrite) ??
      (await operations.find(supergraph, query, operationName, mayWrite));
    if (!('operation' in lookup)) return rejected(lookup, format, httpOf(lookup));
    const { operation, literals } = lookup;
    let requests = requestsByOperation.get(operation);
    if (requests === undefined) {
      requests = { meter: metrics.meterOf(operation), inFlight: new InFlight() };
      requestsByOperation.set(operation, requests);
      // It was not cached: it has been parsed, validated and planned.
      if (found !== undefined) trace?.begin('graphql.prepare', { startTime: found }).end();
    }
    const variables = operation.variables(params.variables ?? {}, params.query, literals);
    operation.checkCost(variables);
    persisted.register(params.extensions, params.query);
    if (operation.incrementalPlans !== undefined && acceptsIncremental(headers.accept)) {
      const { kind, incrementalPlans } = operation;
      const cancellable = kind === 'query' ? { ...context, cancellation: client } : context;
      // For one client alone: clients read parts at different speeds.
      const { initialResult, subsequentResults } = await withTrace(trace, () => {
        const plan = incrementalPlans.planFor(context.identity, isLabelOn, variables.coerced);
        return executeIncrementally(plan, variables, cancellable, supergraph.requestSubgraph);
      });
      if (cancellable.cancellation?.isCancelled) return { ...CANCELLED, operation, requests };
      return {
        status: 200,
        ...responseBody(initialResult, context, format),
        isGraphql: true,
        operation,
        requests,
        subsequentResults,
      };
    }
    const executed = await execute(supergraph, operation, requests, variables, context, format, client);
    if (executed === undefined) return { ...CANCELLED, operation, requests };
    return { status: 200, ...executed, isGraphql: true, operation, requests };
  }

  /**
   * Executes equal queries of one caller once while no write lies between them. A query whose clients have all left is
   * cancelled; a mutation runs to its end.
   */
  function execute(
    { requestSubgraph }: Supergraph,
    { kind, plans }: PreparedOperation,
    { inFlight }: OperationRequests,
    variables: Variables,
    context: RequestContext,
    format: FormatError,
    client: Cancellation,
  ): Promise<ResponseBody | undefined> {
    const run = async (cancellation?: Cancellation) => {
      const cancellable = cancellation === undefined ? context : { ...context, cancellation };
      const result = await withTrace(context.trace, () => {
        const plan = plans.planFor(context.identity, isLabelOn, variables.coerced);
        return executePlan(plan, variables, cancellable, requestSubgraph);
      });
      if (cancellation?.isCancelled) return undefined;
      return responseBody(result, context, format);
    };
    const epoch = options.writes?.epoch;
    if (kind !== 'query') return run();
    if (client.isCancelled) return Promise.resolve(undefined);
    if (epoch === undefined) return run(client);
    const key = equalityKey(variables.given, context);
    const equal = inFlight.find(key, epoch);
    if (equal === undefined) {
      const cancellation = new Cancellation();
      cancellation.addWaiter(client);
      return inFlight.add(key, epoch, run(cancellation), context.trace, cancellation);
    }
    equal.cancellation.addWaiter(client);
    if (equal.trace !== undefined) context.trace?.link(equal.trace);
    return equal.result;
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { showIde } = options;
    if (showIde !== undefined && request.method === 'GET' && prefersHtml(request.headers.accept)) {
      return showIde(request, reply);
    }
    const begun = performance.now();
    const trace = options.tracing.begin(request.headers, 'graphql');
    const type = responseTypeFor(request.headers.accept);
    const isIncremental = acceptsIncremental(request.headers.accept);
    const written: RequestNames = {};
    const format = formatFor(trace, written);
    const { socket } = request.raw;
    const client = clients.add(socket);
    const result =
      type === undefined && !isIncremental
        ? rejected(badRequest('Accept application/json.').errors, format, { status: 406 })
        : await respond(request, trace, format, written, client).catch((error: unknown) => failed(error, format));
    const { status, text, compressed, headers, isGraphql, subsequentResults } = result;
    observe(result, begun, trace);
    if (subsequentResults === undefined) clients.remove(socket, client);
    if (result.isCancelled) return reply.code(status).send();
    if (headers !== undefined) reply.headers(headers);
    // Clients of application/json take other statuses for an intermediary's (GraphQL over HTTP, section 6.4.1).
    const isLegacy = isGraphql && status === 400 && type === 'application/json';
    const { coding, isRequired } = negotiateCoding(request.headers['accept-encoding']);
    if (subsequentResults !== undefined || (type === undefined && isIncremental)) {
      // Stop fetches when the client leaves; the stream alone would first wait for the part in progress.
      if (subsequentResults !== undefined) {
        const rest = { stop: () => void subsequentResults.return() };
        if (client.isCancelled) rest.stop();
        else client.work = rest;
        // Emitted before the connection's `close`, and when the stream alone is cut off.
        reply.raw.once('close', () => {
          clients.remove(socket, client);
          client.cancel();
        });
      }
      const parts = multipart(text.toString(), subsequentResults, format);
      addVary(reply, 'accept-encoding');
      if (coding !== 'identity') reply.header('content-encoding', coding);
      return reply
        .code(isGraphql ? 200 : status)
        .header('content-type', INCREMENTAL_TYPE)
        .send(coding === 'identity' ? parts : compressStream(parts, coding));
    }
    reply.code(isLegacy ? 200 : status).header('content-type', contentTypeOf(type));
    if (compressed !== undefined) addVary(reply, 'accept-encoding');
    if (coding === 'identity' || (compressed === undefined && !isRequired)) return reply.send(text);
    const bytes = await compress(result, coding);
    return reply.header('content-encoding', coding).send(bytes);
  }

  function observe(
    { operation, requests, hasErrors, status, isCancelled }: HttpResult,
    begun: number,
    trace: Trace | undefined,
  ): void {
    const outcome = isCancelled ? 'cancelled' : operation === undefined ? 'refused' : hasErrors ? 'errors' : 'ok';
    const meter = requests?.meter ?? metrics.unknown;
    meter[outcome].observe((performance.now() - begun) / 1_000);
    if (!trace?.isRecorded) return;
    const { kind, name } = operation ?? {};
    trace.end({
      ...(kind !== undefined && { name: kind }),
      attributes: {
        'graphql.operation.type': kind,
        'graphql.operation.name': name && labelOf(name),
        'http.response.status_code': status,
        ...(isCancelled && { 'marquee.cancelled': true }),
      },
      error: outcome === 'ok' || isCancelled ? undefined : outcome,
    });
  }

  await server.register(async (scope) => {
    scope.setErrorHandler(createRequestErrorHandler(ctx.logger));
    // Responses depend on the caller and are never evicted (RFC 9111, section 5.2.2.5).
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store');
      done();
    });
    // Before the rate limit: pages must read its rejections, and preflights are the browser's.
    if (options.allowedOrigins !== undefined) await registerCors(scope, options.allowedOrigins);
    await registerRateLimit(scope, options.rateLimit, identify);
    registerRequestDecoding(scope);
    registerJsonParser(scope);
    scope.route({ method: METHODS, url: GRAPHQL_PATH, handler: handle });
    scope.options(GRAPHQL_PATH, (_request, reply) => reply.code(204).header('allow', ALLOW).send());
    scope.route({
      method: REJECTED_METHODS,
      url: GRAPHQL_PATH,
      preParsing: (_request, _reply, _payload, done) => done(methodNotAllowed()),
      handler: handle,
    });
    registerSupergraph(scope, () => served().sdl, admit);
  });
}

function methodNotAllowed(): RequestRejection {
  return new RequestRejection(405, 'BAD_REQUEST', 'Send operations by POST, or queries by GET.', { allow: ALLOW });
}

/** Returns a response without data. */
function rejected(
  errors: readonly GraphQLError[],
  format: FormatError,
  { status = 400, headers }: { status?: number; headers?: Readonly<Record<string, string>> | undefined } = {},
): HttpResult {
  const isGraphql = errors.every(({ extensions }) => !MALFORMED.has(extensions.code));
  return {
    status,
    ...compressible(`{"errors":${errorsText(errors, format)}}`),
    hasErrors: true,
    ...(headers && { headers }),
    isGraphql,
  };
}

/** Returns the response for a thrown error: a rejection, or an unexpected error. */
function failed(error: unknown, format: FormatError): HttpResult {
  if (error instanceof OperationRejected) return rejected(error.errors, format);
  if (error instanceof GraphQLError) return rejected([error], format, httpOf([error]));
  const unexpected = error instanceof Error ? error : new Error(String(error));
  return rejected([new GraphQLError(unexpected.message, { originalError: unexpected })], format, { status: 500 });
}

/** Returns the status and headers of an error. */
function httpOf([error]: readonly GraphQLError[]): { status?: number; headers?: Record<string, string> } | undefined {
  return error?.extensions.http as ReturnType<typeof httpOf>;
}
