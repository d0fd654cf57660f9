import type { ProcessContext } from '@marquee/runtime/process';
import { encodeIdentity } from '@marquee/trust/identity';
import type { SigningKey } from '@marquee/trust/signing-keys';
import { Counter } from 'prom-client';
import { Agent, buildConnector } from 'undici';
import { createRequestHeaders } from '../request-headers.ts';
import { createStaleLookup } from '../stale-lookup.ts';
import type { SubgraphRequestContext } from '../subgraph-client.ts';
import { EventConnection } from './event-connection.ts';
import { type EventStream, ResumingEventStream, type StreamHandlers } from './resuming-event-stream.ts';

export interface EventStreamOptions {
  /** Silence after which a connection is given up, in ms. */
  readonly silenceMs: number;
  /** Time in which the subgraph must accept a subscription, in ms. */
  readonly acceptMs: number;
  /** Time for which a lost connection is tried again, in ms. */
  readonly reconnectMs: number;
  /** Limit of an event, in UTF-16 code units. */
  readonly maxEventLength: number;
  readonly signingKey: SigningKey | undefined;
}

/** A subscription at a subgraph. */
export interface SubgraphSubscription {
  readonly subgraph: string;
  /** JSON text of `query`, `operationName` and `variables`. */
  readonly body: string;
  /** The position after which the events begin; undefined for the present. */
  readonly lastEventId: string | undefined;
}

/**
 * Subscribes at a subgraph by graphql-sse in the mode of distinct connections. Resolves when the subgraph has accepted
 * it; rejects with {@link SubscriptionRejected}, or with an error of the connection. A lost connection is replaced by
 * one that resumes at the last event.
 */
export type SubscribeSubgraph<Context = SubgraphRequestContext> = (
  subscription: SubgraphSubscription,
  context: Context,
  handlers: StreamHandlers,
) => Promise<EventStream>;

/** Creates functions that subscribe at subgraphs by their addresses. */
export type SubgraphSubscriber<Context = SubgraphRequestContext> = (
  urlOf: (subgraph: string) => string | undefined,
) => SubscribeSubgraph<Context>;

const ACCEPT = 'text/event-stream, application/graphql-response+json;q=0.9, application/json;q=0.8';

/** Interval of the check for silent connections. */
const CHECK_INTERVAL_MS = 250;

/** Creates a subscriber with connections of its own: a stream holds one as long as it lasts. */
export function createSubgraphSubscriber(ctx: ProcessContext, options: EventStreamOptions): SubgraphSubscriber {
  const { acceptMs, silenceMs } = options;
  const agent = new Agent({
    connect: buildConnector({ timeout: Math.min(acceptMs, 2_000), allowH2: false, lookup: createStaleLookup() }),
    headersTimeout: acceptMs,
    bodyTimeout: 0,
  });
  const open = new Set<EventConnection>();
  const check = setInterval(() => {
    const now = performance.now();
    for (const connection of open) connection.checkSilence(now, silenceMs);
  }, CHECK_INTERVAL_MS);
  check.unref();
  ctx.onStop('event streams of subgraphs', async () => {
    clearInterval(check);
    await agent.destroy();
  });
  const connects = new Counter({
    name: 'marquee_subscription_connects_total',
    help: 'Connections to event streams of subgraphs: opened, or failed.',
    labelNames: ['subgraph', 'outcome'] as const,
    registers: [ctx.metrics],
  });
  const headersOf = createRequestHeaders(options.signingKey, ACCEPT);

  return (urlOf) =>
    async ({ subgraph, body, lastEventId }, context, handlers) => {
      const url = urlOf(subgraph);
      if (url === undefined) throw new Error('the supergraph gives it no address');
      const { origin, pathname, search } = new URL(url);
      const target = pathname + search;
      const identity = context.identity && encodeIdentity(context.identity);
      const stream = new ResumingEventStream(handlers, {
        lastEventId,
        reconnectMs: options.reconnectMs,
        connect(from, connectionHandlers) {
          const connection = new EventConnection(subgraph, options.maxEventLength, {
            ...connectionHandlers,
            onOpen() {
              connects.inc({ subgraph, outcome: 'opened' });
              connectionHandlers.onOpen();
            },
            onComplete() {
              open.delete(connection);
              connectionHandlers.onComplete();
            },
            onFailure(error) {
              open.delete(connection);
              connects.inc({ subgraph, outcome: 'failed' });
              ctx.logger.warn({ err: error, subgraph, url }, 'an event stream of a subgraph failed');
              connectionHandlers.onFailure(error);
            },
          });
          open.add(connection);
          const headers = headersOf({ subgraph, target }, body, context, identity, undefined);
          // A compressed stream would deliver an event when its block is full.
          headers['accept-encoding'] = 'identity';
          if (from !== undefined) headers['last-event-id'] = from;
          agent.dispatch({ origin, path: target, method: 'POST', headers, body }, connection);
          return {
            pause: () => connection.pause(),
            resume: () => connection.resume(),
            close() {
              open.delete(connection);
              connection.close();
            },
          };
        },
      });
      await stream.opened;
      return stream;
    };
}
