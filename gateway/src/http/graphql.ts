import { badRequest, paramsOf, responseTypeFor } from '@marquee/graphql-over-http/http-request';
import type { ProcessContext } from '@marquee/runtime/process';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Identity, VerifyToken } from '../application/authentication.ts';
import { type Answer, OperationRefused, type Variables } from '../execution/operation.ts';
import type { AskSubgraph } from '../execution/run.ts';
import type { PlannedSupergraph } from '../execution/supergraph.ts';
import { createErrorFormatter, type FormatError } from './error-formatter.ts';
import { createAdmission, createIdentification } from './identity.ts';
import type { OperationLimits } from './operation-limits.ts';
import { createOperations, type FindOperation, type ReadyOperation } from './operations.ts';
import { createPersistedQueries } from './persisted-queries.ts';
import { type RateLimit, registerRateLimit } from './rate-limit.ts';
import { createRequestErrorHandler } from './request-errors.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

/** What is served. */
export interface Served {
  readonly supergraph: PlannedSupergraph;
  /** The supergraph's text. */
  readonly sdl: string;
  readonly ask: AskSubgraph<{ readonly identity: Identity | undefined }>;
}

export interface GraphqlOptions {
  /** What is served at the moment; a request that has begun stays with what it got. */
  readonly served: () => Served;
  /** Verifies tokens; without it a request that brings one is refused. */
  readonly verifyToken: VerifyToken | undefined;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  readonly limits: OperationLimits;
  /** Whether equal queries of one moment, for one and the same caller, are executed once. */
  readonly deduplicates: boolean;
  /** What is kept of operations may take, about, and so may the persisted queries: bytes. */
  readonly operationCacheBytes: number;
  readonly rateLimit: RateLimit;
}

/** What goes back: JSON text, with the status that it has as `application/graphql-response+json`. */
interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Whether it is an answer to an operation, if only that it is refused. */
  readonly isGraphql: boolean;
}

/** Errors of requests that are no GraphQL request at all; they keep their status with every media type. */
const MALFORMED = 'BAD_REQUEST';

/** Answers GraphQL over HTTP at {@link GRAPHQL_PATH}. */
export async function registerGraphql(
  server: FastifyInstance,
  ctx: ProcessContext,
  options: GraphqlOptions,
): Promise<void> {
  const { served, verifyToken, development, introspection, limits, operationCacheBytes: cacheBytes } = options;
  const format = createErrorFormatter(ctx.logger, development);
  const identify = createIdentification(verifyToken);
  const admit = createAdmission(identify, ctx.logger);
  const persisted = createPersistedQueries(cacheBytes);
  const operations = new WeakMap<Served, FindOperation>();
  const findIn = (place: Served): FindOperation => {
    const known =
      operations.get(place) ?? createOperations(place.supergraph, place.sdl, { limits, introspection, cacheBytes });
    operations.set(place, known);
    return known;
  };

  async function answer(request: FastifyRequest): Promise<HttpAnswer> {
    const { method, headers, raw } = request;
    const params = await paramsOf({ method, headers, raw, ...persisted.complete(request) });
    if ('errors' in params) return refused(params.errors, format, params);
    const identity = await admit(request);
    const place = served();
    const operation = findIn(place)(params.query, params.operationName, method !== 'GET');
    if (!('kind' in operation)) return refused(operation, format, httpOf(operation));
    const variables = operation.compiled.variables(params.variables ?? {});
    operation.checkCost(variables.coerced);
    persisted.register(params.extensions, params.query);
    return { status: 200, text: await execute(place, operation, variables, identity), isGraphql: true };
  }

  /** Equal queries of one moment, for one and the same caller, are executed once. */
  function execute(
    { ask }: Served,
    { kind, compiled, inFlight }: ReadyOperation,
    variables: Variables,
    identity: Identity | undefined,
  ): Promise<string> {
    const run = async () => textOf(await compiled.execute(variables, { identity }, ask), format);
    if (kind !== 'query' || !options.deduplicates) return run();
    const key = JSON.stringify([variables.given, identity?.subject, identity?.scopes]);
    const known = inFlight.get(key);
    if (known !== undefined) return known;
    const running = run().finally(() => inFlight.delete(key));
    inFlight.set(key, running);
    return running;
  }

  async function handle(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const type = responseTypeFor(request.headers.accept);
    const { status, text, headers, isGraphql } =
      type === undefined
        ? refused(badRequest('Accept application/json.').errors, format, { status: 406 })
        : await answer(request).catch((error: unknown) => failed(error, format));
    if (headers !== undefined) reply.headers(headers);
    // Clients of application/json take other statuses for an intermediary's (GraphQL over HTTP, section 6.4.1).
    const isLegacy = isGraphql && status === 400 && type === 'application/json';
    return reply
      .code(isLegacy ? 200 : status)
      .header('content-type', `${type ?? 'application/json'}; charset=utf-8`)
      .send(text);
  }

  await server.register(async (scope) => {
    scope.setErrorHandler(createRequestErrorHandler(ctx.logger));
    await registerRateLimit(scope, options.rateLimit, identify);
    scope.route({ method: ['GET', 'POST'], url: GRAPHQL_PATH, handler: handle });
  });
}

function textOf({ data, errors, valueCompletion }: Answer, format: FormatError): string {
  const before = errors.length === 0 ? '' : `"errors":${JSON.stringify(errors.map(format))},`;
  const behind = valueCompletion.length === 0 ? '' : `,"extensions":${JSON.stringify({ valueCompletion })}`;
  return `{${before}"data":${data}${behind}}`;
}

/** An answer without data. */
function refused(
  errors: readonly GraphQLError[],
  format: FormatError,
  { status = 400, headers }: { status?: number; headers?: Readonly<Record<string, string>> | undefined } = {},
): HttpAnswer {
  const isGraphql = errors.every(({ extensions }) => extensions.code !== MALFORMED);
  return { status, text: JSON.stringify({ errors: errors.map(format) }), ...(headers && { headers }), isGraphql };
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
