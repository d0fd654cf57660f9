import { cutMessage, errorsText } from '@marquee/graphql-over-http/error-limits';
import {
  badRequest,
  contentTypeOf,
  type HttpAnswer,
  paramsOf,
  responseTypeFor,
} from '@marquee/graphql-over-http/http-request';
import { type StatementLimits, StatementScope, withStatements } from '@marquee/postgres/statement-scope';
import { withTrace } from '@marquee/runtime/current-trace';
import { labelOf } from '@marquee/runtime/label';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Trace, Tracing } from '@marquee/runtime/tracing';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import { enforceAuthorization, type IdentityContext } from './authorization.ts';
import { causeOf, isUnexpected, maskError } from './error-masking.ts';
import { buildExecutableSchema, type SchemaParts } from './executable-schema.ts';
import { createDocuments } from './execution/documents.ts';
import type { Operation } from './execution/operation.ts';
import type { Answer } from './execution/run.ts';
import { admitGatewayOnly, identityOf } from './gateway-requests.ts';

/** Kind of an operation. */
export type OperationKind = 'query' | 'mutation';

export interface GraphqlOptions<Context extends object> extends SchemaParts {
  /** Creates the context of a request, without its identity ({@link IdentityContext}). */
  readonly createContext: (request: FastifyRequest, operation: OperationKind) => Context | Promise<Context>;
  /** Returns true for an error of a temporarily unavailable database. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** Limits on the connections and the time of one query's statements; none by default. */
  readonly statementLimits?: StatementLimits;
  /** Keys with which requests must be signed; without keys, every request is accepted. */
  readonly signingKeys: readonly SigningKey[];
  /** True to allow introspection and suggestions in validation errors. By default outside production only. */
  readonly introspection?: boolean;
  /** Continues the gateway's traces; no traces without it. */
  readonly tracing?: Tracing;
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
  const format = (error: GraphQLError) => formatError(error, options.isUnavailable);

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

  async function answer(request: FastifyRequest, reply: FastifyReply, trace: Trace | undefined): Promise<HttpAnswer> {
    const params = await paramsOf(request);
    if ('errors' in params) return params;
    const operation = findOperation(params.query, params.operationName ?? undefined);
    if (!('run' in operation)) return { status: 400, errors: operation };
    const { kind } = operation;
    if (kind === 'subscription') return badRequest('Subscriptions are not answered here.');
    if (kind === 'mutation' && request.method === 'GET') {
      return { ...badRequest('A mutation is answered to POST alone.'), status: 405, headers: { allow: 'POST' } };
    }
    const { coerced, errors } = operation.variablesOf(params.variables ?? {});
    if (coerced === undefined) return { status: 400, errors: errors.map(asUserInputError) };
    const context = await options.createContext(request, kind);
    const withIdentity = Object.assign(context, { identity: identityOf(request) });
    const { answer: result, isAbandoned } = await run(operation, withIdentity, coerced, reply);
    for (const error of (!isAbandoned && result.errors?.filter(isUnexpected)) || []) {
      // Leaves variables out of the log: they may be personal.
      const { name: operationName } = operation;
      const requestId = request.headers['x-request-id'];
      const path = error.path?.join('.');
      ctx.logger.error(
        {
          err: causeOf(error),
          path: path && cutMessage(path),
          operationName: operationName && labelOf(operationName),
          query: cutMessage(params.query),
          requestId: requestId && labelOf(String(requestId)),
          ...(trace && { trace_id: trace.id }),
        },
        'a GraphQL field failed',
      );
    }
    return { status: 200, ...result };
  }

  async function send(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const type = responseTypeFor(request.headers.accept);
    const trace = options.tracing?.begin(request.headers, 'graphql');
    const answered =
      type === undefined
        ? { ...badRequest('Accept application/json.'), status: 406 }
        : await withTrace(trace, () => answer(request, reply, trace)).catch((error: unknown) => {
            trace?.end({ error: 'unexpected' });
            throw error;
          });
    const { status, headers = {}, errors, data } = answered;
    trace?.end({ attributes: { 'http.response.status_code': status }, error: errors && 'graphql' });
    reply.code(status).headers(headers).type(contentTypeOf(type));
    const body = JSON.stringify({ data });
    if (errors === undefined) return reply.send(body);
    const before = `{"errors":${errorsText(errors, format)}`;
    return reply.send(data === undefined ? `${before}}` : `${before},${body.slice(1)}`);
  }

  await server.register(async (scope) => {
    admitGatewayOnly(scope, ctx, options.signingKeys);
    scope.setErrorHandler((error: FastifyError, _, reply) => {
      // A missing or too long body; the message names the fault.
      if (error.statusCode !== undefined && error.statusCode < 500) return reply.send(error);
      ctx.logger.error({ err: error }, 'a GraphQL request could not be answered');
      return reply.code(500).send({ errors: [format(new GraphQLError(error.message, { originalError: error }))] });
    });
    scope.route({ method: ['GET', 'POST'], url: '/graphql', handler: send });
  });
}

/** Returns an error as clients see it, always with a code. */
function formatError(error: GraphQLError, isUnavailable: (error: unknown) => boolean): GraphQLFormattedError {
  const { code = 'INTERNAL_SERVER_ERROR', ...extensions } = error.extensions;
  return maskError({ ...error.toJSON(), extensions: { code, ...extensions } }, error, isUnavailable);
}

function asUserInputError({ message, nodes, originalError, extensions }: GraphQLError): GraphQLError {
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    originalError: originalError ?? null,
    extensions: { code: 'BAD_USER_INPUT', ...extensions },
  });
}
