import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import { readSigningKeys, type SigningKey } from '@marquee/trust/signing-keys';
import { Command, CommanderError } from 'commander';
import { tokenSettings } from './auth-config.ts';
import { type GatewayConfig, gatewayConfig } from './config.ts';
import { registerGraphql } from './http/graphql.ts';
import { registerIde } from './http/ide.ts';
import type { OperationLimits } from './http/operation-limits.ts';
import { serveSupergraph } from './infrastructure/served-supergraph.ts';
import { createSubgraphClient } from './infrastructure/subgraph-client.ts';
import { supergraphFile } from './infrastructure/supergraph-file.ts';
import { createTokenVerifier } from './infrastructure/token-verifier.ts';

await runProcess('gateway', async (ctx) => {
  const options = parseOptions(process.argv.slice(2));
  if (options !== 'help') await serve(ctx, gatewayConfig({ ...process.env, ...options }));
});

async function serve(ctx: ProcessContext, config: GatewayConfig): Promise<void> {
  const settings = tokenSettings(config);
  const verifyToken = settings && (await createTokenVerifier(settings));
  const client = createSubgraphClient(ctx, {
    timeoutMs: config.SUBGRAPH_TIMEOUT_MS,
    deduplicates: config.IN_FLIGHT_DEDUPLICATION,
    signingKey: signingKey(ctx, config),
  });
  const served = await serveSupergraph(ctx, {
    source: supergraphFile(config.SUPERGRAPH, ctx.logger),
    subgraphUrls: config.SUBGRAPH_URLS,
    client,
  });
  const hidden = config.NODE_ENV === 'production';
  const server = createHttpServer(ctx, {
    bodyLimit: config.MAX_BODY_BYTES,
    ...(config.TRUSTED_PROXIES && { trustProxy: config.TRUSTED_PROXIES }),
  });
  await registerGraphql(server, ctx, {
    served,
    verifyToken,
    development: config.NODE_ENV === 'development',
    introspection: config.GRAPHQL_INTROSPECTION ?? !hidden,
    limits: operationLimits(config),
    deduplicates: config.IN_FLIGHT_DEDUPLICATION,
    operationCacheBytes: config.OPERATION_CACHE_MIB * 2 ** 20,
    rateLimit: { requests: config.RATE_LIMIT, windowSeconds: config.RATE_LIMIT_WINDOW_SECONDS },
  });
  if (config.GRAPHQL_IDE ?? !hidden) registerIde(server);
  const { HOST: host, PORT: port, DRAIN_DELAY_MS: drainDelayMs } = config;
  await listen(ctx, server, { host, port, variable: 'PORT', drainDelayMs });
}

/** The key that requests to subgraphs are signed with; undefined when there is none. */
function signingKey(ctx: ProcessContext, config: GatewayConfig): SigningKey | undefined {
  const [key] = readSigningKeys(config);
  if (key === undefined && config.NODE_ENV === 'production') {
    ctx.logger.warn('requests to subgraphs are not signed: SUBGRAPH_SIGNING_KEYS gives the key');
  }
  return key;
}

function operationLimits(config: GatewayConfig): OperationLimits {
  return {
    tokens: config.MAX_TOKENS,
    depth: config.MAX_DEPTH,
    aliases: config.MAX_ALIASES,
    directives: config.MAX_DIRECTIVES,
    repeats: config.MAX_REPEATS,
    selections: config.MAX_SELECTIONS,
    cost: config.MAX_COST,
  };
}

/** Command line options as the environment variables that they stand for. */
function parseOptions(args: readonly string[]): Record<string, string> | 'help' {
  const command = new Command('gateway')
    .description("The supergraph's one door: GraphQL at /graphql, an IDE at /.")
    .option('--supergraph <file>', 'supergraph file, reloaded when it changes (SUPERGRAPH)')
    .option('--port <number>', 'port to listen on, 0 for any free one (PORT, default 4000)')
    .allowExcessArguments(false)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  try {
    command.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === EXIT.ok) return 'help';
    const message = error.message.replace(/^error: /, '');
    throw new MarqueeError('USAGE', `${message}; --help lists the options.`, { exitCode: EXIT.usage });
  }
  const { supergraph, port } = command.opts<{ supergraph?: string; port?: string }>();
  return {
    ...(supergraph === undefined ? {} : { SUPERGRAPH: supergraph }),
    ...(port === undefined ? {} : { PORT: port }),
  };
}
