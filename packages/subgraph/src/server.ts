import { ApolloServer, type ApolloServerPlugin, type BaseContext } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema, type GraphQLSchemaModule } from '@apollo/subgraph';
import fastifyApollo, { fastifyApolloDrainPlugin } from '@as-integrations/fastify';
import type { ProcessContext } from '@marquee/runtime/process';
import type { SigningKey } from '@marquee/trust/signing-keys';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type GraphQLError, getOperationAST, parse } from 'graphql';
import { enforceAuthorization, type IdentityContext } from './authorization.ts';
import { isUnexpected, maskError } from './error-masking.ts';
import { admitGatewayOnly, identityOf } from './gateway-requests.ts';

/** Resolvers by type and field; `__resolveReference(reference, context)` resolves an entity. */
export type Resolvers = NonNullable<GraphQLSchemaModule['resolvers']>;

/** What an operation does: it reads, or it may change something. */
export type OperationKind = 'query' | 'mutation';

export interface GraphqlOptions<Context extends BaseContext> {
  /** The subgraph's schema language, Federation 2. */
  readonly typeDefs: string;
  readonly resolvers: Resolvers;
  /** Called for every request; what resolvers and loaders share within it, who asks ({@link IdentityContext}) aside. */
  readonly createContext: (request: FastifyRequest, operation: OperationKind) => Context | Promise<Context>;
  /** Whether an error says that what the resolvers need (the database) is away for the moment. */
  readonly isUnavailable: (error: unknown) => boolean;
  /** Only requests that are signed with one of these are answered; with none, everybody's are. */
  readonly signingKeys: readonly SigningKey[];
  /** Whether the schema may be asked for, and may be hinted at in validation errors. By default outside production only. */
  readonly introspection?: boolean;
}

/**
 * Answers GraphQL at `/graphql` of a server that does not listen yet. Queued requests are answered when the process stops.
 * Clients see the errors that were raised for them; others are logged with their operation and come out as
 * `INTERNAL_SERVER_ERROR`, or `SERVICE_UNAVAILABLE` while the database is away.
 * `@authenticated` and `@requiresScopes` on fields are kept, as `enforceAuthorization` says.
 *
 * @throws Error when the schema and the resolvers do not fit one another, or the schema protects what cannot be protected.
 */
export async function registerGraphql<Context extends BaseContext>(
  server: FastifyInstance,
  ctx: ProcessContext,
  options: GraphqlOptions<Context>,
): Promise<void> {
  const introspection = options.introspection ?? process.env.NODE_ENV !== 'production';
  const schema = buildSubgraphSchema([{ typeDefs: parse(options.typeDefs), resolvers: options.resolvers }]);
  enforceAuthorization(schema);
  const apollo = new ApolloServer<Context & IdentityContext>({
    schema,
    introspection,
    hideSchemaDetailsFromClientErrors: !introspection,
    includeStacktraceInErrorResponses: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    logger: ctx.logger,
    formatError: (formatted, error) => maskError(formatted, error, options.isUnavailable),
    plugins: [
      logUnexpectedErrors(ctx),
      fastifyApolloDrainPlugin(server),
      // The landing page loads from a CDN; the IDE is the gateway's.
      ApolloServerPluginLandingPageDisabled(),
      // Both wrap every field's resolver; traces and cache hints have no reader here.
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
    ],
  });
  await apollo.start();
  ctx.onStop('graphql', () => apollo.stop());
  await server.register(async (scope) => {
    admitGatewayOnly(scope, ctx, options.signingKeys);
    await scope.register(fastifyApollo(apollo), {
      path: '/graphql',
      method: ['GET', 'POST'],
      context: async (request) =>
        Object.assign(await options.createContext(request, operationKindOf(request)), {
          identity: identityOf(request),
        }),
    });
  });
}

/** The kind of the operation that a request names; a query where none can be told, which is an error later. */
function operationKindOf(request: FastifyRequest): OperationKind {
  const { query, operationName } = ((request.method === 'GET' ? request.query : request.body) ?? {}) as Record<
    string,
    unknown
  >;
  try {
    const operation = getOperationAST(parse(String(query)), typeof operationName === 'string' ? operationName : null);
    return operation?.operation === 'mutation' ? 'mutation' : 'query';
  } catch {
    return 'query';
  }
}

function logUnexpectedErrors(ctx: ProcessContext): ApolloServerPlugin {
  return {
    async contextCreationDidFail({ error }) {
      ctx.logger.error({ err: error }, 'the context of a GraphQL request could not be made');
    },
    async requestDidStart() {
      return {
        async didEncounterErrors({ errors, request, operationName }) {
          for (const error of errors.filter(isUnexpected)) {
            ctx.logger.error(
              {
                err: causeOf(error),
                path: error.path?.join('.'),
                operationName,
                query: request.query,
                requestId: request.http?.headers.get('x-request-id'),
              },
              'a GraphQL field failed',
            );
          }
        },
      };
    },
  };
}

/** Variables are left out of the log: they may be personal. */
function causeOf(error: GraphQLError): Error {
  return error.originalError ?? error;
}
