import cluster from 'node:cluster';
import { registerAccessLog } from '@marquee/runtime/access-log';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { createHttpServer, listen } from '@marquee/runtime/http-server';
import { type ProcessContext, runProcess } from '@marquee/runtime/process';
import { createTracing } from '@marquee/runtime/tracing';
import { readSigningKeys, type SigningKey } from '@marquee/trust/signing-keys';
import { Command, CommanderError } from 'commander';
import type { ApolloDoor } from './apollo/door/apollo-door.ts';
import { loadPlugins, readConfig } from './config/apollo-plugins.ts';
import { tokenSettings } from './config/auth-config.ts';
import {
  checkSubgraphsOf,
  fetchingOptions,
  forwardsCookies,
  headerForwarding,
  subgraphErrorsPass,
} from './config/fetching-config.ts';
import type { GatewayConfig } from './config/gateway-config.ts';
import { eventStreamOptions, subscriptionOptions } from './config/subscription-config.ts';
import { createTokenVerifier } from './http/auth/token-verifier.ts';
import { GRAPHQL_PATH, registerGraphql } from './http/graphql.ts';
import { createIde } from './http/ide.ts';
import { createRateCounts } from './http/rate-counts.ts';
import { registerSite } from './http/site.ts';
import { createSubscriptions } from './http/subscriptions/subscriptions.ts';
import { registerWebSockets } from './http/subscriptions/websocket-server.ts';
import { isWebSocketRequest } from './http/subscriptions/websocket-upgrade.ts';
import { createOperationStore, type OperationStore } from './operations/operation-store.ts';
import { followPersistedDocuments } from './operations/persisted-document-file.ts';
import type { PersistedDocument } from './operations/persisted-document-index.ts';
import { createPersistedQueries } from './operations/persisted-queries.ts';
import type { OperationLimits } from './operations/rules/operation-limits.ts';
import { createSubgraphSubscriber } from './subgraphs/events/subscribe-subgraph.ts';
import { createSubgraphClient } from './subgraphs/subgraph-client.ts';
import { WriteTracker } from './subgraphs/writes.ts';
import { followSupergraph } from './supergraph/follow-supergraph.ts';
import { plannerOptions } from './supergraph/planner/planner-options.ts';
import { PERSISTED_DOCUMENTS, SUPERGRAPH, watchedFile } from './supergraph/watched-file.ts';
import { superviseWorkers } from './workers/supervisor.ts';
import { joinWorkers } from './workers/worker.ts';

await runProcess('gateway', async (ctx) => {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') return;
  const config = await readConfig({ ...process.env, ...options });
  if (config.WORKERS > 1 && cluster.isPrimary) await superviseWorkers(ctx, config.WORKERS);
  else await serve(ctx, config);
});

async function serve(ctx: ProcessContext, config: GatewayConfig): Promise<void> {
  const plugins = await loadPlugins(config.APOLLO_PLUGINS ?? []);
  const workers = cluster.isWorker ? joinWorkers(ctx) : undefined;
  const settings = tokenSettings(config);
  const verifyToken = settings && (await createTokenVerifier(settings));
  const writes = config.IN_FLIGHT_DEDUPLICATION ? (workers?.writes ?? new WriteTracker()) : undefined;
  const key = signingKey(ctx, config);
  const client = createSubgraphClient(ctx, { ...fetchingOptions(config), writes, signingKey: key });
  const subscriptions = createSubscriptions(ctx, subscriptionOptions(config));
  const hidden = config.NODE_ENV === 'production';
  // An IDE sends operations that no manifest contains.
  const showsIde = config.GRAPHQL_IDE ?? !(hidden || config.PERSISTED_DOCUMENTS_ONLY);
  const cacheBytes = config.OPERATION_CACHE_MIB * 2 ** 20;
  const planner = plannerOptions(ctx, config);
  const operations = createOperationStore(ctx, {
    limits: operationLimits(config),
    introspection: config.GRAPHQL_INTROSPECTION ?? !hidden,
    hints: showsIde,
    cacheBytes,
    warmUpMs: config.SUPERGRAPH_WARM_UP_MS,
    turns: planner.turns,
  });
  let door: ApolloDoor | undefined;
  const served = await followSupergraph(ctx, {
    source: watchedFile(config.SUPERGRAPH, SUPERGRAPH, ctx.logger),
    subgraphUrls: config.SUBGRAPH_URLS,
    client,
    subscriber: createSubgraphSubscriber(ctx, { ...eventStreamOptions(config), signingKey: key }),
    planner,
    keepsQueryPlans: showsIde,
    prepare: operations.warmUp,
    onReplace(supergraph) {
      subscriptions.endReplaced(supergraph);
      door?.follow(supergraph);
    },
  });
  checkSubgraphsOf(config, served().subgraphs);
  const documents = await persistedDocuments(ctx, config, operations);
  const persisted = createPersistedQueries({
    maxBytes: cacheBytes,
    documents,
    only: config.PERSISTED_DOCUMENTS_ONLY,
    onRegister: workers?.announceQuery,
  });
  workers?.onQuery(persisted.registerText);
  const server = createHttpServer(ctx, {
    bodyLimit: config.MAX_BODY_BYTES,
    requestTimeoutMs: config.REQUEST_TIMEOUT_MS,
    sendTimeoutMs: config.SEND_TIMEOUT_MS,
    shouldUpgrade: isWebSocketRequest,
    ...(config.TRUSTED_PROXIES && { trustProxy: config.TRUSTED_PROXIES }),
    ...(workers && { metrics: workers.metrics }),
  });
  const accessLog = config.ACCESS_LOG ? registerAccessLog(server, ctx) : undefined;
  if (plugins.length > 0) {
    // Apollo Server costs memory and time at the start: it is loaded for plugins alone.
    const { startApolloDoor } = await import('./apollo/door/apollo-door.ts');
    door = await startApolloDoor(ctx, served(), {
      plugins,
      maxTokens: config.MAX_TOKENS,
      cacheBytes,
      stopTimeoutMs: config.DRAIN_TIMEOUT_MS,
    });
  }
  const { SITE_DIR: site } = config;
  const showIde = showsIde ? createIde(GRAPHQL_PATH, { hasSite: site !== undefined }) : undefined;
  if (site !== undefined) await registerSite(server, { folder: site, hasIde: showsIde });
  else if (showIde !== undefined) server.get('/', showIde);
  await registerGraphql(server, ctx, {
    served,
    verifyToken,
    development: config.NODE_ENV === 'development',
    passesErrorsOf: subgraphErrorsPass(config),
    operations,
    persisted,
    writes,
    forwardHeaders: headerForwarding(config),
    usesCookies: forwardsCookies(config),
    allowedOrigins: config.CORS_ORIGINS,
    showIde,
    lifecycle: door,
    tracing: await createTracing(ctx, config),
    accessLog,
    federatedTracing: config.FEDERATED_TRACING,
    exposesPlans: showsIde,
    namedOperations: config.METRICS_OPERATIONS,
    subscriptions,
    overrideLabels: new Set(config.OVERRIDE_LABELS),
    rateLimit: {
      requests: config.RATE_LIMIT,
      windowSeconds: config.RATE_LIMIT_WINDOW_SECONDS,
      count: workers?.count ?? createRateCounts(),
    },
  });
  registerWebSockets(server, ctx, {
    ...subscriptionOptions(config),
    path: GRAPHQL_PATH,
    allowedOrigins: config.CORS_ORIGINS,
    maxMessageBytes: config.MAX_BODY_BYTES,
  });
  readyOnce(ctx, 'persisted documents', operations.warmUp(served()));
  // Loading the supergraph leaves much garbage, which an idle process would keep. The image runs with `--expose-gc`.
  globalThis.gc?.();
  const { HOST: host, PORT: port, DRAIN_DELAY_MS: drainDelayMs, DRAIN_TIMEOUT_MS: drainTimeoutMs } = config;
  await listen(ctx, server, { host, port, variable: 'PORT', drainDelayMs, drainTimeoutMs });
  await workers?.announce();
}

async function persistedDocuments(
  ctx: ProcessContext,
  { PERSISTED_DOCUMENTS_FILE: file }: GatewayConfig,
  operations: OperationStore,
): Promise<() => readonly PersistedDocument[]> {
  const none: readonly PersistedDocument[] = [];
  if (file === undefined) return () => none;
  return followPersistedDocuments(ctx, {
    source: watchedFile(file, PERSISTED_DOCUMENTS, ctx.logger),
    prepare: operations.warmUpDocuments,
  });
}

/** Keeps the process unready until this is done. */
function readyOnce(ctx: ProcessContext, name: string, work: Promise<void>): void {
  let done = false;
  ctx.health.addCheck(name, async () => {
    if (!done) throw new Error('not done yet');
  });
  void work.then(() => (done = true));
}

function signingKey(ctx: ProcessContext, config: GatewayConfig): SigningKey | undefined {
  const [key] = readSigningKeys(config);
  if (key === undefined && config.NODE_ENV === 'production') {
    ctx.logger.warn('requests to subgraphs are not signed; set SUBGRAPH_SIGNING_KEYS');
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
    literalDepth: config.MAX_LITERAL_DEPTH,
    literals: config.MAX_LITERALS,
    cost: config.MAX_COST,
  };
}

/** Parses command line options to environment variables. */
function parseOptions(args: readonly string[]): Record<string, string> | 'help' {
  const command = new Command('gateway')
    .description('Serves a supergraph: GraphQL at /graphql, which shows an IDE to browsers.')
    .option('--supergraph <file>', 'supergraph file, reloaded when it changes (SUPERGRAPH)')
    .option('--port <number>', 'port to listen on, 0 for any free one (PORT, default 4000)')
    .option('--apollo-plugins <files>', 'modules with plugins for Apollo Server, separated by commas (APOLLO_PLUGINS)')
    .option('--workers <number>', 'processes that serve requests, auto for one per core (WORKERS, default 1)')
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
  const { supergraph, port, workers, apolloPlugins } = command.opts<Record<string, string | undefined>>();
  return {
    ...(supergraph === undefined ? {} : { SUPERGRAPH: supergraph }),
    ...(port === undefined ? {} : { PORT: port }),
    ...(workers === undefined ? {} : { WORKERS: workers }),
    ...(apolloPlugins === undefined ? {} : { APOLLO_PLUGINS: apolloPlugins }),
  };
}
