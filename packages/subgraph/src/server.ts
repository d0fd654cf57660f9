import {
  badRequest,
  contentTypeOf,
  type HttpAnswer,
  paramsOf,
  responseTypeFor,
} from '@marquee/graphql-over-http/http-request';
import { type StatementLimits, StatementScope, withStatements } from '@marquee/postgres/statement-scope';
import type { AccessLog } from '@marquee/runtime/access-log';
import { withTrace } from '@marquee/runtime/current-trace';
import { labelOf } from '@marquee/runtime/label';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace, Tracing } from '@marquee/runtime/tracing';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { enforceAuthorization, type IdentityContext } from './authorization.ts';
import { buildExecutableSchema, type SchemaParts } from './executable-schema.ts';
import { createDocuments } from './execution/documents.ts';
import type { Operation } from './execution/operation.ts';
import type { Answer } from './execution/run.ts';
import { admitGatewayOnly, identityOf } from './gateway-requests.ts';
import { createResponseText } from './response-text.ts';
import { acceptsEventStream } from './subscriptions/event-stream.ts';
import {
  createSubscriptionServer,
  type OpenedSubscription,
  type SubscriptionOptions,
} from './subscriptions/serve-subscription.ts';
import { subscriptionsDisabled } from './subscriptions/subscription-error.ts';
import { logUnexpected } from './unexpected-errors.ts';

/** Kind of an operation of one response. */
export type OperationKind = 'query' | 'mutation';

export interface GraphqlOptions<Context extends object> extends SchemaParts {
  /** Creates the context of a request, without its identity ({@link IdentityContext}). */
  readonly createContext: (request: FastifyRequest, operation: OperationKind) => Context | Promise<Context>;
  /** Returns true for an error of a temporarily unavailable database. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** Limits on the connections and the time of one query's statements; none by default. */
  readonly statementLimits?: StatementLimits;
  /** Subscriptions are refused without it. */
  readonly subscriptions?: SubscriptionOptions<Context>;
  /** Keys with which requests must be signed; without keys, every request is accepted. */
  readonly signingKeys: readonly SigningKey[];
  /** True to allow introspection and suggestions in validation errors. By default outside production only. */
  readonly introspection?: boolean;
  /** Continues the gateway's traces; no traces without it. */
  readonly tracing?: Tracing;
  /** Logs requests; none by default. */
  readonly accessLog?: AccessLog;
}

/**
 * Registers GraphQL at `/graphql` of a server that does not listen yet. Queued requests are executed when the process stops.
 * Clients see errors for them; others are logged with their operation and masked as `INTERNAL_SERVER_ERROR`, or
 * `SERVICE_UNAVAILABLE` while the database is unavailable. `enforceAuthorization` enforces `@authenticated` and `@requiresScopes`.
 *
 * @throws Error as {@link buildExecutableSchema} does, or for an authorization directive that cannot be enforced
 */
export async function registerGraphql<Context extends object>(
  server: FastifyInstance,
  ctx: ProcessContext,
  options: GraphqlOptions<Context>,
): Promise<void> {
  const introspection = options.introspection ?? process.env.NODE_ENV !== 'production';
  const schema = buildExecutableSchema(options);
  enforceAuthorization(schema);
  const findOperation = createDocuments(schema, introspection);
  const responseText = createResponseText(options.isUnavailable);
  const { statementLimits, subscriptions } = options;
  const subscribe = subscriptions && createSubscriptionServer(ctx, { ...subscriptions, responseText, statementLimits });

  /** Runs an operation. The statements of a query end with its request; a mutation completes even if the client has gone. */
  async function run(
    operation: Operation,
    context: Context & IdentityContext,
    variables: Readonly<Record<string, unknown>>,
    reply: FastifyReply,
  ): Promise<{ readonly answer: Answer; readonly isAbandoned: boolean }> {
    if (operation.kind !== 'query' || options.statementLimits === undefined) {
      return { answer: await operation.run(context, variables), isAbandoned: false };
    }
    const statements = new StatementScope(options.statementLimits);
    reply.raw.once('close', () => statements.end('The client has gone.'));
    const answer = await withStatements(statements, () => operation.run(context, variables));
    statements.close();
    return { answer, isAbandoned: reply.raw.destroyed };
  }

  async function answer(
    request: FastifyRequest,
    reply: FastifyReply,
    trace: Trace | undefined,
  ): Promise<HttpAnswer | OpenedSubscription> {
    const params = await paramsOf(request);
    if ('errors' in params) return params;
    const operation = findOperation(params.query, params.operationName ?? undefined);
    if (!('run' in operation)) return { status: 400, errors: operation };
    const { kind } = operation;
    options.accessLog?.add(request, { operation: operation.name && labelOf(operation.name), operation_type: kind });
    const { accept } = request.headers;
    if (kind === 'subscription' && !acceptsEventStream(accept)) {
      return { ...badRequest('A subscription is answered with events: accept text/event-stream.'), status: 406 };
    }
    if (kind !== 'subscription' && responseTypeFor(accept) === undefined) return notAcceptable();
    if (kind === 'mutation' && request.method === 'GET') {
      return { ...badRequest('A mutation is answered to POST alone.'), status: 405, headers: { allow: 'POST' } };
    }
    const { coerced, errors } = operation.variablesOf(params.variables ?? {});
    if (coerced === undefined) return { status: 400, errors: errors.map(asUserInputError) };
    const identity = identityOf(request);
    const failed = { request, query: params.query, operationName: operation.name, traceId: trace?.id };
    if (kind === 'subscription') {
      if (subscribe === undefined) return { status: 400, errors: [subscriptionsDisabled()] };
      const log = (unexpected: readonly GraphQLError[]) => logUnexpected(ctx.logger, unexpected, failed);
      return subscribe({ request, reply, operation, variables: coerced, identity, logUnexpected: log });
    }
    const context = await options.createContext(request, kind);
    const { answer: result, isAbandoned } = await run(operation, Object.assign(context, { identity }), coerced, reply);
    if (!isAbandoned && result.errors) logUnexpected(ctx.logger, result.errors, failed);
    return { status: 200, ...result };
  }

  async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { accept } = request.headers;
    const type = responseTypeFor(accept);
    const trace = options.tracing?.begin(request.headers, 'graphql');
    if (trace !== undefined) options.accessLog?.add(request, { trace_id: trace.id });
    const answered =
      type === undefined && !acceptsEventStream(accept)
        ? notAcceptable()
        : await withTrace(trace, () => answer(request, reply, trace)).catch((error: unknown) => {
            trace?.end({ error: 'unexpected' });
            throw error;
          });
    if ('stream' in answered) {
      trace?.end({ attributes: { 'http.response.status_code': 200 } });
      // Outside of the trace: a stream may last for days.
      await answered.stream();
      return reply;
    }
    const { status, headers = {}, errors, data } = answered;
    options.accessLog?.add(request, { outcome: errors ? 'errors' : 'ok' });
    trace?.end({ attributes: { 'http.response.status_code': status }, error: errors && 'graphql' });
    reply.code(status).headers(headers).type(contentTypeOf(type));
    return reply.send(responseText({ data, ...(errors && { errors }) }));
  }

  await server.register(async (scope) => {
    admitGatewayOnly(scope, ctx, options.signingKeys);
    scope.setErrorHandler((error: FastifyError, _, reply) => {
      // A missing or too long body; the message names the fault.
      if (error.statusCode !== undefined && error.statusCode < 500) return reply.send(error);
      ctx.logger.error({ err: error }, 'a GraphQL request could not be answered');
      const errors = [new GraphQLError(error.message, { originalError: error })];
      return reply.code(500).type(contentTypeOf(undefined)).send(responseText({ errors }));
    });
    scope.route({ method: ['GET', 'POST'], url: '/graphql', handler: send });
  });
}

function notAcceptable(): HttpAnswer {
  return { ...badRequest('Accept application/json.'), status: 406 };
}

function asUserInputError({ message, nodes, originalError, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    originalError: originalError ?? null,
    extensions: { code: 'BAD_USER_INPUT', ...extensions },
  });
}
