import type { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import fastifyApollo from '@as-integrations/fastify';
import type { ProcessContext } from '@marquee/runtime/process';
import type { FastifyInstance } from 'fastify';
import { createErrorFormatter } from './error-formatter.ts';

/** The path of the GraphQL endpoint. */
export const GRAPHQL_PATH = '/graphql';

/** Most tokens of a document; the parser stops there, before anything else is spent on it. */
const MAX_TOKENS = 10_000;

export interface GraphqlOptions {
  readonly gateway: ApolloGateway;
  /** Shows unexpected errors with their stack traces to clients. */
  readonly development: boolean;
}

/** Answers GraphQL over HTTP at {@link GRAPHQL_PATH}; resolves once the supergraph is loaded. */
export async function registerGraphql(
  server: FastifyInstance,
  ctx: ProcessContext,
  { gateway, development }: GraphqlOptions,
): Promise<void> {
  const apollo = new ApolloServer({
    gateway,
    logger: ctx.logger,
    introspection: true,
    csrfPrevention: true,
    maxRecursiveSelections: true,
    parseOptions: { maxTokens: MAX_TOKENS },
    includeStacktraceInErrorResponses: development,
    ...(development ? {} : { formatError: createErrorFormatter(ctx.logger) }),
    // The process drains by itself, and nothing may be reported to anybody, whatever APOLLO_KEY says.
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginLandingPageDisabled(),
    ],
  });
  await apollo.start();
  ctx.onStop('graphql', () => apollo.stop());
  await server.register(fastifyApollo(apollo), { path: GRAPHQL_PATH });
}
