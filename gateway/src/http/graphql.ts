import { badRequest, contentTypeOf, prefersHtml, responseTypeFor } from '@marquee/graphql-over-http/http-request';
import type { AccessLog } from '@marquee/runtime/access-log';
import { labelOf } from '@marquee/runtime/label';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace, Tracing } from '@marquee/runtime/tracing';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createLabelPredicate } from '../directives/override.ts';
import type { VerifyToken } from './auth/authentication.ts';
import { createAuthentication, createTokenIdentification } from './auth/identity.ts';
import { addVary, compress, compressStream, negotiateCoding } from './content-coding.ts';
import { type AllowedOrigins, registerCors } from './cors.ts';
import { createErrorFormatter, type FormatError, type PassesErrorsOf } from './error-formatter.ts';
import { createExecution, type ExecutionOptions } from './execute-request.ts';
import { type HttpResult, rejected } from './http-result.ts';
import type { ShowIde } from './ide.ts';
import { acceptsIncremental, INCREMENTAL_TYPE, multipart } from './incremental-delivery.ts';
import { registerJsonParser } from './inexact-numbers.ts';
import { createOperationMetrics, isFailure, type Outcome } from './operation-metrics.ts';
import { requestsPlan, TRACE_HEADER } from './plan-header.ts';
import { registerPlanView } from './plan-view/plan-view.ts';
import { createPreparation, type PreparationOptions, type RequestProgress } from './prepare-request.ts';
import { type RateLimit, registerRateLimit } from './rate-limit.ts';
import { type ContextOptions, createContexts, withCacheControls } from './request-context.ts';
import { registerRequestDecoding } from './request-decoding.ts';
import { createRequestErrorHandler, RequestRejection } from './request-errors.ts';
import type { RequestLifecycle } from './request-lifecycle.ts';
import { createDirectResponses } from './respond-directly.ts';
import { createLifecycleResponses } from './respond-with-lifecycle.ts';
import { responseBody } from './response-body.ts';
import { EVENT_STREAM_TYPE, singleResult } from './subscriptions/event-stream-format.ts';
import { socketRequests } from './subscriptions/socket-request.ts';
import { startSubscription } from './subscriptions/start-subscription.ts';
import { streamFormatFor } from './subscriptions/stream-negotiation.ts';
import { createSubscribe } from './subscriptions/subscribe.ts';
import type { Subscriptions } from './subscriptions/subscriptions.ts';
import { registerSupergraph } from './supergraph.ts';
import { createClientTracker } from './waiting-clients.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions extends ContextOptions, PreparationOptions, ExecutionOptions {
  /** Verifies tokens; undefined rejects requests with a token. */
  readonly verifyToken: VerifyToken | undefined;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
  readonly passesErrorsOf: PassesErrorsOf;
  readonly subscriptions: Subscriptions;
  readonly rateLimit: RateLimit;
  readonly tracing: Tracing;
  /** Limit of operation names with metrics of their own. */
  readonly namedOperations: number;
  /** Origins whose pages may use the API from a browser; undefined for none but this server's. */
  readonly allowedOrigins: AllowedOrigins | undefined;
  /** Shows the IDE to a browser that opens the endpoint; undefined when the IDE is off. */
  readonly showIde: ShowIde | undefined;
  /** Logs requests; undefined for none. */
  readonly accessLog: AccessLog | undefined;
  /** Runs requests through plugins; undefined to execute them directly, which costs less. */
  readonly lifecycle: RequestLifecycle | undefined;
}

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
  const { served, verifyToken, development } = options;
  const metrics = createOperationMetrics(ctx.metrics, options.namedOperations);
  const formatError = createErrorFormatter(ctx.logger, {
    development,
    hints: options.showIde !== undefined,
    passesErrorsOf: options.passesErrorsOf,
  });
  const formatFor =
    (trace: Trace | undefined, progress: RequestProgress): FormatError =>
    (error) => {
      const formatted = formatError(error, trace?.id, progress);
      metrics.countError(formatted.extensions.code);
      progress.hasFailed ||= isFailure(formatted.extensions.code);
      return formatted;
    };
  const identify = createTokenIdentification(verifyToken);
  const admit = createAuthentication(identify, ctx.logger);
  const clients = createClientTracker();
  const contextOf = createContexts(options);
  const subscribe = createSubscribe(options.subscriptions, createLabelPredicate(options.overrideLabels));
  const { lifecycle } = options;
  const respond =
    lifecycle === undefined
      ? createDirectResponses(
          createPreparation(options, admit, contextOf, metrics),
          createExecution(options, responseBody),
          subscribe,
        )
      : createLifecycleResponses(
          lifecycle,
          createPreparation(options, admit, withCacheControls(contextOf), metrics),
          createExecution(options, (result, context) => ({ result, context })),
          subscribe,
        );

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { showIde } = options;
    if (showIde !== undefined && request.method === 'GET' && prefersHtml(request.headers.accept)) {
      return showIde(request, reply);
    }
    const begun = performance.now();
    const trace = options.tracing.begin(request.headers, 'graphql');
    if (trace !== undefined && options.exposesPlans && requestsPlan(request.headers)) {
      reply.header(TRACE_HEADER, trace.id);
    }
    const type = responseTypeFor(request.headers.accept);
    const isIncremental = acceptsIncremental(request.headers.accept);
    const isStream = streamFormatFor(request.headers.accept) !== undefined;
    const progress: RequestProgress = {};
    const format = formatFor(trace, progress);
    const { socket } = request.raw;
    const client = socketRequests.getStore()?.cancellation ?? clients.add(socket);
    const result =
      type === undefined && !isIncremental && !isStream
        ? rejected({ ...badRequest('Accept application/json.'), status: 406 }, format)
        : await respond(request, trace, format, progress, client, type);
    const { status, text, compressed, headers, isGraphql, subsequentResults, lastExtension } = result;
    const hasFailed = result.hasFailed === true || progress.hasFailed === true;
    const outcome = outcomeOf(result, hasFailed);
    observe(result, outcome, begun, trace);
    if (options.accessLog !== undefined) logAccess(options.accessLog, request, result, outcome, trace);
    if (subsequentResults === undefined) clients.remove(socket, client);
    if (result.isCancelled) return reply.code(status).send();
    if (result.subscription !== undefined) return startSubscription(request, reply, result.subscription);
    if (headers !== undefined) reply.headers(headers);
    if (type === undefined && !isIncremental && isGraphql && (status === 200 || status === 400)) {
      return reply.type(EVENT_STREAM_TYPE).send(singleResult(text.toString()));
    }
    // Clients of application/json take other statuses for an intermediary's (GraphQL over HTTP, section 6.4.1).
    const isLegacy = isGraphql && status === 400 && type === 'application/json' && !result.hasFinalStatus;
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
      const parts = multipart(text.toString(), subsequentResults, format, lastExtension);
      addVary(reply, 'accept-encoding');
      if (coding !== 'identity') reply.header('content-encoding', coding);
      return reply
        .code(isGraphql && !result.hasFinalStatus ? 200 : status)
        .header('content-type', INCREMENTAL_TYPE)
        .send(coding === 'identity' ? parts : compressStream(parts, coding));
    }
    reply.code(isLegacy ? 200 : status).header('content-type', result.contentType ?? contentTypeOf(type));
    if (compressed !== undefined) addVary(reply, 'accept-encoding');
    if (coding === 'identity' || (compressed === undefined && !isRequired)) return reply.send(text);
    const bytes = await compress(result, coding);
    return reply.header('content-encoding', coding).send(bytes);
  }

  function observe(
    { operation, meter = metrics.unknown, status, isCancelled }: HttpResult,
    outcome: Outcome,
    begun: number,
    trace: Trace | undefined,
  ): void {
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

  // Streams would otherwise hold up the end of the server.
  server.addHook('preClose', (done) => {
    options.subscriptions.drain();
    done();
  });
  if (options.showIde !== undefined) registerPlanView(server, GRAPHQL_PATH);
  await server.register(async (scope) => {
    scope.setErrorHandler(createRequestErrorHandler(ctx.logger));
    // Responses depend on the caller and are never evicted (RFC 9111, section 5.2.2.5).
    scope.addHook('onRequest', (request, reply, done) => {
      const socketRequest = socketRequests.getStore();
      if (socketRequest !== undefined) socketRequest.address = request.ip;
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

function outcomeOf({ operation, hasErrors, isCancelled }: HttpResult, hasFailed: boolean): Outcome {
  if (isCancelled) return 'cancelled';
  if (hasFailed) return 'failed';
  if (operation === undefined) return 'refused';
  return hasErrors ? 'errors' : 'ok';
}

function logAccess(
  accessLog: AccessLog,
  request: FastifyRequest,
  { operation }: HttpResult,
  outcome: Outcome,
  trace: Trace | undefined,
): void {
  accessLog.add(request, {
    operation: operation?.name && labelOf(operation.name),
    operation_type: operation?.kind,
    outcome,
    trace_id: trace?.id,
  });
}

function methodNotAllowed(): RequestRejection {
  return new RequestRejection(405, 'BAD_REQUEST', 'Send operations by POST, or queries by GET.', { allow: ALLOW });
}
