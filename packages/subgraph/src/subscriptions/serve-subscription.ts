import type { HttpAnswer } from '@marquee/graphql-over-http/http-request';
import { type StatementLimits, StatementScope, withStatements } from '@marquee/postgres/statement-scope';
import type { ProcessContext } from '@marquee/runtime/process';
import type { Identity } from '@marquee/trust/identity';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { Operation } from '../execution/operation.ts';
import type { Answer } from '../execution/run.ts';
import type { ResponseText } from '../response-text.ts';
import type { ChangeFeed } from './change-feed.ts';
import type { Change } from './change-history.ts';
import { shareContexts } from './event-contexts.ts';
import { EventStream } from './event-stream.ts';
import type { FeedSubscriber } from './feed-subscriber.ts';
import { subscriptionsUnavailable, tooManySubscriptions } from './subscription-error.ts';
import { type CutOff, createSubscriptionMetrics } from './subscription-metrics.ts';

/** The subscriptions of a process. */
export interface SubscriptionOptions<Context extends object> {
  readonly feed: ChangeFeed;
  /** Creates the context of an event. It reads from the primary: a replica may not have the change yet. */
  readonly createContext: () => Context;
  /** Maximum number of subscriptions at once. */
  readonly limit: number;
  readonly heartbeatMs: number;
  /** Time in ms for which a client may read nothing while an event waits. */
  readonly sendTimeoutMs: number;
  /** Time in ms between the beginning of the process's stop and the end of its streams. */
  readonly drainDelayMs: number;
}

/** An accepted request for a subscription. */
export interface SubscriptionRequest {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly operation: Operation;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly identity: Identity | undefined;
  /** Logs errors that the client sees masked. */
  readonly logUnexpected: (errors: readonly GraphQLError[]) => void;
}

/** A subscription that waits for its stream. */
export interface OpenedSubscription {
  /** Takes the reply over, and resolves at the end of the stream. */
  stream(): Promise<void>;
}

/** Reasons for which a stream ends. */
type End = CutOff | 'closed' | 'drained';

/** Codes of errors that another attempt, or another replica, may not have. */
const TEMPORARY = ['SERVICE_UNAVAILABLE', 'TOO_MANY_SUBSCRIPTIONS'];

/**
 * Returns a function that serves subscriptions as server-sent events, in graphql-sse's distinct connections mode. The channels that the
 * `subscribe` resolver returns select the changes; each change is executed as a query is, and sent with an id from which the client can
 * resume by the header `last-event-id`.
 *
 * The returned function answers a request that is refused, and otherwise returns the stream.
 */
export function createSubscriptionServer<Context extends object>(
  ctx: ProcessContext,
  options: SubscriptionOptions<Context> & {
    readonly responseText: ResponseText;
    readonly statementLimits: StatementLimits | undefined;
  },
): (request: SubscriptionRequest) => Promise<HttpAnswer | OpenedSubscription> {
  const { feed, responseText, statementLimits, limit, heartbeatMs, sendTimeoutMs } = options;
  const metrics = createSubscriptionMetrics(ctx.metrics);
  const contextOf = shareContexts(options.createContext);
  const streams = new Set<AbortController>();
  let active = 0;
  let isDrained = false;

  function drain(): void {
    isDrained = true;
    for (const ending of streams) ending.abort('drained' satisfies End);
  }
  ctx.stopping.addEventListener('abort', () => setTimeout(drain, options.drainDelayMs).unref(), { once: true });

  async function execute({ operation, variables, identity }: SubscriptionRequest, change: Change): Promise<Answer> {
    const context = { ...contextOf(change), identity };
    if (statementLimits === undefined) return operation.run(context, variables, change);
    // Not of one client: others may wait for the same loads.
    const statements = new StatementScope(statementLimits);
    try {
      return await withStatements(statements, () => operation.run(context, variables, change));
    } finally {
      statements.close();
    }
  }

  async function open(subscription: SubscriptionRequest): Promise<FeedSubscriber | HttpAnswer> {
    const { request, operation, variables, identity } = subscription;
    const selected = await operation.subscribe({ ...options.createContext(), identity }, variables);
    if ('errors' in selected) {
      subscription.logUnexpected(selected.errors);
      return { status: 400, errors: selected.errors };
    }
    const lastEventId = request.headers['last-event-id'];
    try {
      return await feed.subscribe(selected.source as readonly string[], lastEventId?.toString());
    } catch (error) {
      if (error instanceof GraphQLError) return refusal(error);
      throw error;
    }
  }

  function refusal(error: GraphQLError): HttpAnswer {
    const code = String(error.extensions.code);
    if (code === 'SUBSCRIPTION_GAP') metrics.gaps.inc();
    return { status: TEMPORARY.includes(code) ? 503 : 400, errors: [error] };
  }

  /** Executes and sends events until the stream ends. */
  async function pump(
    subscription: SubscriptionRequest,
    subscriber: FeedSubscriber,
    stream: EventStream,
  ): Promise<End> {
    const ending = new AbortController();
    const { signal } = ending;
    const end = (reason: End) => ending.abort(reason);
    stream.closed.addEventListener('abort', () => end('closed'), { once: true });
    subscriber.overflow.addEventListener('abort', () => end('behind'), { once: true });
    streams.add(ending);
    if (isDrained) end('drained');
    try {
      for (let event = await subscriber.next(signal); event !== undefined; event = await subscriber.next(signal)) {
        const answer = await execute(subscription, event.change);
        if (signal.aborted) break;
        if (answer.errors) subscription.logUnexpected(answer.errors);
        const stall = setTimeout(end, sendTimeoutMs, 'stalled' satisfies End);
        await stream.next(responseText(answer), event.id, signal);
        clearTimeout(stall);
        metrics.events.inc();
      }
    } catch (error) {
      const errors = [error instanceof GraphQLError ? error : new GraphQLError('', { originalError: error as Error })];
      if (errors[0]?.extensions.code === 'SUBSCRIPTION_GAP') metrics.gaps.inc();
      subscription.logUnexpected(errors);
      await stream.next(responseText({ errors }), undefined, AbortSignal.abort());
      stream.complete();
      return 'closed';
    } finally {
      streams.delete(ending);
    }
    return signal.reason as End;
  }

  function finish(stream: EventStream, end: End): void {
    if (end === 'drained') stream.end();
    if (end !== 'behind' && end !== 'stalled') return;
    metrics.cutOffs.inc({ reason: end });
    ctx.logger.warn({ reason: end }, 'a subscription was cut off: its client reads too slowly');
    stream.destroy();
  }

  /** Sends the events of an opened subscription until its stream ends. */
  async function stream(subscription: SubscriptionRequest, subscriber: FeedSubscriber): Promise<void> {
    const { reply, request } = subscription;
    if (reply.raw.destroyed) return;
    const isResumed = request.headers['last-event-id'] !== undefined;
    const heartbeatId = () => subscriber.currentId;
    const events = new EventStream(reply.raw, { heartbeatMs, heartbeatId }, isResumed ? undefined : subscriber.startId);
    metrics.active.inc();
    try {
      finish(events, await pump(subscription, subscriber, events));
    } finally {
      metrics.active.dec();
    }
  }

  return async (subscription) => {
    if (isDrained) return refusal(subscriptionsUnavailable('this process stops'));
    if (active >= limit) return refusal(tooManySubscriptions(limit));
    active += 1;
    let opened: FeedSubscriber | HttpAnswer | undefined;
    try {
      opened = await open(subscription);
    } finally {
      if (opened === undefined || 'status' in opened) active -= 1;
    }
    if ('status' in opened) return opened;
    const subscriber = opened;
    return {
      async stream() {
        subscription.reply.hijack();
        try {
          await stream(subscription, subscriber);
        } catch (error) {
          // Fastify ignores errors of a reply that it has given away.
          ctx.logger.error({ err: error }, 'the stream of a subscription failed');
          subscription.reply.raw.destroy();
        } finally {
          subscriber.close();
          active -= 1;
        }
      },
    };
  };
}
