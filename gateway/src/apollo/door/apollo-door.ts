import { setTimeout as sleep } from 'node:timers/promises';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import type { RequestLifecycle } from '../../http/request-lifecycle.ts';
import type { Supergraph } from '../../supergraph/load-supergraph.ts';
import { createDocumentStore } from './document-store.ts';
import { executeOperation } from './execute-operation.ts';
import { guardEndHooks } from './guard-end-hooks.ts';
import { lifecycleResponse } from './lifecycle-response.ts';
import { createReplay } from './replay.ts';
import { contextValueOf, type DoorContext, type RequestState } from './request-state.ts';
import { requestOf } from './server-request.ts';

export interface ApolloDoorOptions {
  readonly plugins: readonly ApolloServerPlugin<DoorContext>[];
  /** Limit of a document's tokens. */
  readonly maxTokens: number;
  /** Limit of parsed documents for plugins, in bytes. */
  readonly cacheBytes: number;
  /** Time in ms for plugins to stop. */
  readonly stopTimeoutMs: number;
}

/** A lifecycle by Apollo Server, which follows the supergraph. */
export interface ApolloDoor extends RequestLifecycle {
  follow(supergraph: Supergraph): void;
}

/** An empty store of persisted queries: the gateway has completed the requests that name one. */
const NO_TEXTS = { get: async () => undefined, set: async () => {}, delete: async () => {} };

type Gateway = NonNullable<ConstructorParameters<typeof ApolloServer<DoorContext>>[0]['gateway']>;

/**
 * Starts Apollo Server for its request lifecycle: HTTP, limits, execution and formats stay the gateway's.
 *
 * @throws MarqueeError `PLUGIN_FAILED` when a plugin rejects the start
 */
export async function startApolloDoor(
  ctx: ProcessContext,
  first: Supergraph,
  options: ApolloDoorOptions,
): Promise<ApolloDoor> {
  const plugins = options.plugins.map((plugin) => guardEndHooks(plugin, ctx.logger));
  const replay = createReplay();
  const httpClosed = Promise.withResolvers<void>();
  let onSchema: Parameters<Gateway['onSchemaLoadOrUpdate']>[0] = () => {};
  const follow = ({ apiSchema, sdl }: Supergraph) => onSchema({ apiSchema, coreSupergraphSdl: sdl });
  const gateway: Gateway = {
    onSchemaLoadOrUpdate(callback) {
      onSchema = callback;
      return () => (onSchema = () => {});
    },
    async load() {
      follow(first);
      return { executor: executeOperation as never };
    },
    async stop() {},
  };
  const lastPlugin: ApolloServerPlugin<DoorContext> = {
    ...replay.last,
    // Plugins run until the last response has been sent.
    serverWillStart: async () => ({ drainServer: () => httpClosed.promise }),
  };
  const server = new ApolloServer<DoorContext>({
    gateway,
    plugins: [replay.first, ...disabledUnless(plugins), ...plugins, lastPlugin],
    logger: ctx.logger,
    documentStore: createDocumentStore(options.cacheBytes),
    parseOptions: { maxTokens: options.maxTokens },
    validationRules: [replay.rule],
    // Persisted queries, introspection, forged requests and signals are the gateway's.
    persistedQueries: { cache: NO_TEXTS },
    introspection: true,
    csrfPrevention: false,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    formatError: (formatted, error) => replay.formatterOf(error)?.(error as never) ?? formatted,
  });
  await server.start().catch((error: unknown) => {
    throw new MarqueeError('PLUGIN_FAILED', `A plugin of APOLLO_PLUGINS failed at the start: ${messageOf(error)}`, {
      cause: error,
    });
  });
  stopWith(ctx, server, httpClosed.resolve, options.stopTimeoutMs);
  return {
    follow,
    async run(request) {
      const state: RequestState = { request, rejection: request.rejection };
      try {
        const response = await server.executeOperation(requestOf(request), { contextValue: contextValueOf(state) });
        return lifecycleResponse(response);
      } catch (error) {
        throw state.unexpected ?? error;
      }
    },
    reportInvalidRequest: (error) => report((plugin) => plugin.invalidRequestWasReceived?.({ error })),
    reportContextFailure: (error) => report((plugin) => plugin.contextCreationDidFail?.({ error })),
  };

  async function report(call: (plugin: ApolloServerPlugin<DoorContext>) => Promise<void> | undefined): Promise<void> {
    await Promise.all(plugins.map(async (plugin) => call(plugin))).catch((error: unknown) => {
      ctx.logger.error({ err: error }, 'a plugin failed to handle a rejected request');
    });
  }
}

/** Apollo Server adds these plugins unless they are disabled. The gateway has a page and traces of its own, and sends `no-store`. */
const IMPLICIT = new Map([
  ['CacheControl', ApolloServerPluginCacheControlDisabled],
  ['InlineTrace', ApolloServerPluginInlineTraceDisabled],
  ['LandingPageDisabled', ApolloServerPluginLandingPageDisabled],
]);

function disabledUnless(plugins: readonly ApolloServerPlugin<DoorContext>[]): ApolloServerPlugin[] {
  const present = new Set(plugins.map((plugin) => '__internal_plugin_id__' in plugin && plugin.__internal_plugin_id__));
  return [...IMPLICIT].filter(([id]) => !present.has(id)).map(([, disabled]) => disabled());
}

/** Stops plugins with the process: their `drainServer` begins with the drain, their `serverWillStop` follows the last response. */
function stopWith(
  ctx: ProcessContext,
  server: ApolloServer<DoorContext>,
  onHttpClosed: () => void,
  timeoutMs: number,
): void {
  let stopping: Promise<void> | undefined;
  const stop = () => (stopping ??= server.stop());
  ctx.stopping.addEventListener('abort', () => void stop().catch(() => {}));
  // Registered before the HTTP server listens, it runs when that has closed.
  ctx.onStop('plugins', async () => {
    onHttpClosed();
    const late = Symbol('late');
    const outcome = await Promise.race([stop(), sleep(timeoutMs, late, { ref: false })]);
    if (outcome === late) ctx.logger.warn({ timeoutMs }, 'plugins did not stop in time');
  });
}
