import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import type { GatewayInterface } from '@apollo/server-gateway-interface';
import { InMemoryLRUCache } from '@apollo/utils.keyvaluecache';
import fastifyApollo from '@as-integrations/fastify';
import type { ProcessContext } from '@marquee/runtime/process';
import type { FastifyInstance } from 'fastify';
import type { VerifyToken } from '../application/authentication.ts';
import { answerText } from '../execution/answer-text.ts';
import { createErrorFormatter } from './error-formatter.ts';
import { createIdentification, createOperationContext, type OperationContext } from './identity.ts';
import { legacyStatus } from './legacy-status.ts';
import { costLimit } from './operation-cost.ts';
import { limitRules, MAX_VALIDATION_ERRORS, type OperationLimits } from './operation-limits.ts';
import { operationResolution } from './operation-resolution.ts';
import { type RateLimit, registerRateLimit } from './rate-limit.ts';
import { createRequestErrorHandler } from './request-errors.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

export interface GraphqlOptions {
  readonly gateway: GatewayInterface;
  /** Verifies tokens; without it a request that brings one is refused. */
  readonly verifyToken: VerifyToken | undefined;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
  /** Whether clients may read the schema. */
  readonly introspection: boolean;
  readonly limits: OperationLimits;
  /** Size, as JSON, of the parsed documents that are kept, and of the persisted queries. */
  readonly operationCacheBytes: number;
  readonly rateLimit: RateLimit;
}

/** Answers GraphQL over HTTP at {@link GRAPHQL_PATH}; resolves once the supergraph is loaded. */
export async function registerGraphql(
  server: FastifyInstance,
  ctx: ProcessContext,
  { gateway, verifyToken, development, introspection, limits, operationCacheBytes, rateLimit }: GraphqlOptions,
): Promise<void> {
  const apollo = new ApolloServer<OperationContext>({
    gateway,
    stringifyResult: answerText,
    logger: ctx.logger,
    introspection,
    csrfPrevention: true,
    allowBatchedHttpRequests: false,
    // With a number here the rules of `validationRules` run after those of the specification, on documents that passed them.
    maxRecursiveSelections: limits.selections,
    validationRules: limitRules(limits),
    validationOptions: { maxErrors: MAX_VALIDATION_ERRORS },
    parseOptions: { maxTokens: limits.tokens },
    documentStore: new InMemoryLRUCache({ maxSize: operationCacheBytes }),
    persistedQueries: { cache: new InMemoryLRUCache({ maxSize: operationCacheBytes }) },
    includeStacktraceInErrorResponses: development,
    formatError: createErrorFormatter(ctx.logger, development),
    // The process drains by itself, and nothing may be reported to anybody, whatever APOLLO_KEY says.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      operationResolution,
      costLimit(limits.cost),
      legacyStatus,
    ],
  });
  await apollo.start();
  ctx.onStop('graphql', () => apollo.stop());
  await server.register(async (scope) => {
    scope.setErrorHandler(createRequestErrorHandler(ctx.logger));
    const identify = createIdentification(verifyToken);
    await registerRateLimit(scope, rateLimit, identify);
    await scope.register(fastifyApollo(apollo), {
      path: GRAPHQL_PATH,
      context: createOperationContext(identify, ctx.logger),
    });
  });
}
