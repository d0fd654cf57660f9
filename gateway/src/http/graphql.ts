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
import { decideLabels } from '../directives/override.ts';
import { type IncrementalAnswer, OperationRefused, type Variables } from '../execution/compile-operation.ts';
import type { AskSubgraph } from '../execution/execution-context.ts';
import type { Operations, Place } from '../operations/operation-store.ts';
import type { PersistedQueries } from '../operations/persisted-queries.ts';
import type { OperationVariants } from '../operations/plans-by-caller.ts';
import type { ReadyOperation } from '../operations/prepared-operation.ts';
import type { ResponseBody } from '../operations/response-body.ts';
import { Cancellation } from '../subgraphs/cancellation.ts';
import type { Writes } from '../subgraphs/writes.ts';
import type { VerifyToken } from './auth/authentication.ts';
import { createAdmission, createIdentification } from './auth/identity.ts';
import { addVary, compress, compressible, compressStream, negotiateCoding } from './content-coding.ts';
import { type AllowedOrigins, registerCors } from './cors.ts';
import { createErrorFormatter, type FormatError, type PassesErrorsOf } from './error-formatter.ts';
import type { WrittenNames } from './hidden-names.ts';
import type { ShowIde } from './ide.ts';
import { acceptsIncremental, INCREMENTAL_TYPE, multipart } from './incremental-delivery.ts';
import { registerJsonParser, registerQueryVariables } from './inexact-numbers.ts';
import { createOperationMetrics, type OperationMeter } from './operation-metrics.ts';
import { type RateLimit, registerRateLimit } from './rate-limit.ts';
import { type ContextOptions, createContexts, equalityKey, type RequestContext } from './request-context.ts';
import { registerRequestDecoding } from './request-decoding.ts';
import { createRequestErrorHandler } from './request-errors.ts';
import { RequestRefusal } from './request-refusal.ts';
import { responseBody } from './response-body.ts';
import { registerSupergraph } from './supergraph.ts';
import { createWaitingClients } from './waiting-clients.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

/** What is served. */
export interface Served extends Place {
  readonly ask: AskSubgraph<RequestContext>;
}

export interface GraphqlOptions extends ContextOptions, RequestRules {
  /** What is served at the moment; a request that has begun stays with what it got. */
  readonly served: () => Served;
  /** Verifies tokens; without it a request that brings one is refused. */
  readonly verifyToken: VerifyToken | undefined;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
  readonly passesErrorsOf: PassesErrorsOf;
  readonly operations: Operations;
  readonly persisted: PersistedQueries;
  /** Writes in progress, where equal queries of one caller share an execution between them; nothing is shared without. */
  readonly sharing: Writes | undefined;
  /** Labels of `@override` that are on, beside the share of requests that a percentage takes. */
  readonly overrideLabels: ReadonlySet<string>;
  readonly rateLimit: RateLimit;
  readonly tracing: Tracing;
  /** Names of operations that have metrics of their own. */
  readonly namedOperations: number;
  /** Origins whose pages may use the API from a browser; without it none but this server's own. */
  readonly allowedOrigins: AllowedOrigins | undefined;
  /** Answers a browser that opens the endpoint with the IDE; undefined when the IDE is off. */
  readonly showIde: ShowIde | undefined;
}

/** What goes back, with the status that it has as `application/graphql-response+json`. */
interface HttpAnswer extends ResponseBody {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is an answer to an operation, if only that it is refused. */
  readonly isGraphql: boolean;
  /** The operation that was executed. */
  readonly operation?: ReadyOperation;
  /** What follows the text. */
  readonly later?: IncrementalAnswer['later'];
  /** True when its execution ended since its client had gone. */
  readonly isCancelled?: boolean;
}

/** Errors of requests that are no GraphQL request at all; they keep their status with every media type. */
const MALFORMED: ReadonlySet<unknown> = new Set(['BAD_REQUEST', 'UNSUPPORTED_MEDIA_TYPE']);

/** The answer to a client that has gone; the status is nginx's for that. */
const CANCELLED = {
  status: 499,
  text: '',
  compressed: undefined,
  hasErrors: false,
  isGraphql: true,
  isCancelled: true,
} as const;

/** Methods of the endpoint, and those that it refuses for what they are. */
const METHODS = ['GET', 'POST'];
const REFUSED_METHODS = ['PUT', 'PATCH', 'DELETE'];
const ALLOW = [...METHODS, 'HEAD', 'OPTIONS'].join(', ');

/** Answers GraphQL over HTTP at {@link GRAPHQL_PATH}. */
export async function registerGraphql(
  server: FastifyInstance,
  ctx: ProcessContext,
  options: GraphqlOptions,
): Promise<void> {
  const { served, operations, persisted, verifyToken, development } = options;
  const metrics = createOperationMetrics(ctx.metrics, options.namedOperations);
  const meters = new WeakMap<ReadyOperation, OperationMeter>();
  const formatError = createErrorFormatter(ctx.logger, {
    development,
    hints: options.showIde !== undefined,
    passesErrorsOf: options.passesErrorsOf,
  });
  const formatFor =
    (trace: Trace | undefined, written: WrittenNames): FormatError =>
    (error) => {
      const formatted = formatError(error, trace?.id, written);
      metrics.countError(formatted.extensions.code);
      return formatted;
    };
  const isLabelOn = decideLabels(options.overrideLabels);
  const contextOf = createContexts(options);
  const identify = createIdentification(verifyToken);
  const admit = createAdmission(identify, ctx.logger);
  const clients = createWaitingClients();

  /** @param written is told what the client wrote */
  async function answer(
    request: FastifyRequest,
    trace: Trace | undefined,
    format: FormatError,
    written: WrittenNames,
    client: Cancellation,
  ): Promise<HttpAnswer> {
    const { headers, body, url, raw } = request;
    // The answer to HEAD is that to GET without its body (RFC 9110, section 9.3.2).
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    const completed = persisted.complete({ method, body, url });
    const params = await paramsOf({ method, headers, raw, ...completed }, options);
    if ('errors' in params) return refused(params.errors, format, params);
    if (method === 'GET') registerQueryVariables(url, params.variables);
    const context = contextOf(request, await admit(request), trace);
    const place = served();
    written.schema = place.supergraph.apiSchema;
    written.query = params.query;
    written.variables = params.variables;
    place.supergraph.keepWarm?.();
    const found = trace?.isRecorded ? Date.now() : undefined;
    const { query, operationName } = params;
    const mayWrite = method !== 'GET';
    const asked =
      operations.known(place, query, operationName, mayWrite) ??
      (await operations.find(place, query, operationName, mayWrite));
    if (!('operation' in asked)) return refused(asked, format, httpOf(asked));
    const { operation, literals } = asked;
    if (!meters.has(operation)) {
      meters.set(operation, metrics.meterOf(operation));
      // It was not known: it has been parsed, validated and planned.
      if (found !== undefined) trace?.begin('graphql.prepare', { startTime: found }).end();
    }
    const variables = operation.variables(params.variables ?? {}, params.query, literals);
    operation.checkCost(variables);
    persisted.register(params.extensions, params.query);
    if (operation.incremental !== undefined && acceptsIncremental(headers.accept)) {
      const { kind, incremental } = operation;
      const cancellable = kind === 'query' ? { ...context, cancellation: client } : context;
      const { first, later } = await executeIncrementally(place, incremental, variables, cancellable);
      if (cancellable.cancellation?.isCancelled) return { ...CANCELLED, operation };
      return { status: 200, ...responseBody(first, context, format), isGraphql: true, operation, later };
    }
    const executed = await execute(place, operation, variables, context, format, client);
    if (executed === undefined) return { ...CANCELLED, operation };
    return { status: 200, ...executed, isGraphql: true, operation };
  }

  /**
   * Executes equal queries of one caller once, unless a write lies between them. A query whose clients have all gone has no answer; a mutation
   * is executed to its end.
   */
  function execute(
    { ask }: Served,
    { kind, variants, inFlight }: ReadyOperation,
    variables: Variables,
    context: RequestContext,
    format: FormatError,
    client: Cancellation,
  ): Promise<ResponseBody | undefined> {
    const run = async (cancellation?: Cancellation) => {
      const compiled = variants.variant(context.identity, isLabelOn);
      const cancellable = cancellation === undefined ? context : { ...context, cancellation };
      const answered = await withTrace(context.trace, () => compiled.execute(variables, cancellable, ask));
      if (cancellation?.isCancelled) return undefined;
      return responseBody(answered, context, format);
    };
    const epoch = options.sharing?.epoch;
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
    if (equal.note !== undefined) context.trace?.link(equal.note);
    return equal.result;
  }

  /** For each client by itself: what one takes of it, and when, is nothing to others. */
  function executeIncrementally(
    { ask }: Served,
    variants: OperationVariants,
    variables: Variables,
    context: RequestContext,
  ): Promise<IncrementalAnswer> {
    const compiled = variants.variant(context.identity, isLabelOn);
    return withTrace(context.trace, () => compiled.executeIncrementally(variables, context, ask));
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
    const written: WrittenNames = {};
    const format = formatFor(trace, written);
    const { socket } = request.raw;
    const client = clients.add(socket);
    const answered =
      type === undefined && !isIncremental
        ? refused(badRequest('Accept application/json.').errors, format, { status: 406 })
        : await answer(request, trace, format, written, client).catch((error: unknown) => failed(error, format));
    const { status, text, compressed, headers, isGraphql, later } = answered;
    observe(answered, begun, trace);
    if (later === undefined) clients.remove(socket, client);
    if (answered.isCancelled) return reply.code(status).send();
    if (headers !== undefined) reply.headers(headers);
    // Clients of application/json take other statuses for an intermediary's (GraphQL over HTTP, section 6.4.1).
    const isLegacy = isGraphql && status === 400 && type === 'application/json';
    const { coding, isRequired } = negotiateCoding(request.headers['accept-encoding']);
    if (later !== undefined || (type === undefined && isIncremental)) {
      // Nothing more is begun for a client that has gone; the stream would first wait for the part that is being made.
      if (later !== undefined) {
        const rest = { stop: () => void later.return() };
        if (client.isCancelled) rest.stop();
        else client.work = rest;
        // Emitted before the connection's own, and where the stream alone is cut off.
        reply.raw.once('close', () => {
          clients.remove(socket, client);
          client.cancel();
        });
      }
      const parts = multipart(text.toString(), later, format);
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
    const bytes = await compress(answered, coding);
    return reply.header('content-encoding', coding).send(bytes);
  }

  function observe(
    { operation, hasErrors, status, isCancelled }: HttpAnswer,
    begun: number,
    trace: Trace | undefined,
  ): void {
    const outcome = isCancelled ? 'cancelled' : operation === undefined ? 'refused' : hasErrors ? 'errors' : 'ok';
    const meter = (operation && meters.get(operation)) ?? metrics.unknown;
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
    // Answers depend on who asks, and are evicted by nobody (RFC 9111, section 5.2.2.5).
    scope.addHook('onRequest', (_request, reply, done) => {
      reply.header('cache-control', 'no-store');
      done();
    });
    // Before the rate limit: what it refuses is for the page, too, and a preflight is the browser's own.
    if (options.allowedOrigins !== undefined) await registerCors(scope, options.allowedOrigins);
    await registerRateLimit(scope, options.rateLimit, identify);
    registerRequestDecoding(scope);
    registerJsonParser(scope);
    scope.route({ method: METHODS, url: GRAPHQL_PATH, handler: handle });
    scope.options(GRAPHQL_PATH, (_request, reply) => reply.code(204).header('allow', ALLOW).send());
    scope.route({
      method: REFUSED_METHODS,
      url: GRAPHQL_PATH,
      preParsing: (_request, _reply, _payload, done) => done(methodNotAllowed()),
      handler: handle,
    });
    registerSupergraph(scope, () => served().sdl, admit);
  });
}

function methodNotAllowed(): RequestRefusal {
  return new RequestRefusal(405, 'BAD_REQUEST', 'Send operations by POST, or queries by GET.', { allow: ALLOW });
}

/** An answer without data. */
function refused(
  errors: readonly GraphQLError[],
  format: FormatError,
  { status = 400, headers }: { status?: number; headers?: Readonly<Record<string, string>> | undefined } = {},
): HttpAnswer {
  const isGraphql = errors.every(({ extensions }) => !MALFORMED.has(extensions.code));
  return {
    status,
    ...compressible(`{"errors":${errorsText(errors, format)}}`),
    hasErrors: true,
    ...(headers && { headers }),
    isGraphql,
  };
}

/** What was thrown on the way: a refusal, or something unexpected. */
function failed(error: unknown, format: FormatError): HttpAnswer {
  if (error instanceof OperationRefused) return refused(error.errors, format);
  if (error instanceof GraphQLError) return refused([error], format, httpOf([error]));
  const unexpected = error instanceof Error ? error : new Error(String(error));
  return refused([new GraphQLError(unexpected.message, { originalError: unexpected })], format, { status: 500 });
}

/** What an error says of its status and headers. */
function httpOf([error]: readonly GraphQLError[]): { status?: number; headers?: Record<string, string> } | undefined {
  return error?.extensions.http as ReturnType<typeof httpOf>;
}
