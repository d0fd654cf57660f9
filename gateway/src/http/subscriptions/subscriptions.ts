import type { ProcessContext } from '@marquee/runtime/process';
import { GraphQLError } from 'graphql';
import type { IsLabelOn } from '../../directives/override.ts';
import { executeEvent } from '../../execution/execute-plan.ts';
import { OperationRejected, type Variables } from '../../execution/variables.ts';
import type { PreparedOperation } from '../../operations/prepared-operation.ts';
import { SubscriptionRejected } from '../../subgraphs/events/event-connection.ts';
import { failureCodeOf, failureMessage } from '../../subgraphs/subgraph-response.ts';
import type { Supergraph } from '../../supergraph/load-supergraph.ts';
import type { FormatError } from '../error-formatter.ts';
import { equalityKey, type RequestContext } from '../request-context.ts';
import { ClientCounts, clientKey, type SubscriptionLimits } from './client-limits.ts';
import { Delivery } from './delivery.ts';
import type { ReplayLimits } from './replay-buffer.ts';
import { SharedSubscription, type SubscriptionExecution } from './shared-subscription.ts';
import type { Subscriber, SubscriberTransport } from './subscriber.ts';
import { type EndReason, endOf, type SubscriptionEnd, toGraphQLError } from './subscription-end.ts';
import { createSubscriptionMetrics } from './subscription-metrics.ts';

export interface SubscriptionOptions extends SubscriptionLimits {
  /** Interval of heartbeats, in ms. */
  readonly heartbeatMs: number;
  /** Limit of the bytes that one client has not read. */
  readonly bufferBytes: number;
  readonly replay: ReplayLimits;
}

/** A client's request for a subscription, after validation and coercion. */
export interface SubscriptionRequest {
  readonly supergraph: Supergraph;
  readonly operation: PreparedOperation;
  readonly variables: Variables;
  readonly context: RequestContext;
  readonly isLabelOn: IsLabelOn;
  readonly format: FormatError;
  /** The position after which the client's events begin. */
  readonly lastEventId: string | undefined;
  /** The client's address. */
  readonly address: string;
}

/** A subscription that the subgraph has accepted, before it has a transport. */
export interface AcceptedSubscription {
  /** Starts the delivery; returns a function that the transport calls when its client has left. */
  start(transport: SubscriberTransport): () => void;
  /** Ends the subscription of a client that left before the start. */
  cancel(): void;
}

/** The subscriptions of this process. */
export interface Subscriptions {
  /**
   * Joins an equal subscription, or subscribes at the subgraph.
   *
   * @throws OperationRejected, GraphQLError
   */
  accept(request: SubscriptionRequest): Promise<AcceptedSubscription>;
  /** Ends the subscriptions on all supergraphs but this one. */
  endReplaced(supergraph: Supergraph): void;
  /** Ends all subscriptions, and rejects new ones. */
  drain(): void;
  readonly heartbeatMs: number;
}

/** Longest delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;

export function createSubscriptions(ctx: ProcessContext, options: SubscriptionOptions): Subscriptions {
  const { heartbeatMs } = options;
  const metrics = createSubscriptionMetrics(ctx.metrics);
  const counts = new ClientCounts(options, (limit) => metrics.refused.inc({ limit }));
  const delivery = new Delivery(metrics);
  const open = new Set<SharedSubscription>();
  const byOperation = new WeakMap<PreparedOperation, Map<string, Set<SharedSubscription>>>();
  const subscribers = new Set<Subscriber>();
  let isDraining = false;

  const heartbeats = setInterval(() => {
    for (const { transport } of subscribers) transport.heartbeat?.();
  }, heartbeatMs);
  heartbeats.unref();
  ctx.onStop('subscriptions', async () => clearInterval(heartbeats));

  function isSlow({ transport }: Subscriber): boolean {
    const { name, bufferedBytes } = transport;
    if (bufferedBytes <= options.bufferBytes) return false;
    ctx.logger.warn({ transport: name, buffered_bytes: bufferedBytes }, 'a client that reads too slowly is cut off');
    return true;
  }

  /** Returns the subscription that a client joins, with the sequence number of its first message. */
  function find(equal: ReadonlySet<SharedSubscription>, lastEventId: string | undefined) {
    for (const shared of equal) {
      if (shared.isClosed) continue;
      const sequence =
        lastEventId !== undefined
          ? shared.replay.sequenceAfter(lastEventId)
          : shared.isLive
            ? shared.replay.nextSequence
            : undefined;
      if (sequence !== undefined) return { shared, sequence };
    }
    return undefined;
  }

  function join(request: SubscriptionRequest, execution: SubscriptionExecution) {
    const { operation, variables, context, lastEventId } = request;
    const byKey = byOperation.get(operation) ?? new Map<string, Set<SharedSubscription>>();
    byOperation.set(operation, byKey);
    const key = equalityKey(variables.given, context);
    const equal = byKey.get(key) ?? new Set<SharedSubscription>();
    byKey.set(key, equal);
    const found = find(equal, lastEventId);
    if (found !== undefined) return found;
    const shared = new SharedSubscription(execution, {
      start: lastEventId,
      replay: options.replay,
      isSlow,
      onMessages: () => delivery.schedule(shared, () => joinLive(equal)),
      onClose() {
        open.delete(shared);
        equal.delete(shared);
        if (equal.size === 0 && byKey.get(key) === equal) byKey.delete(key);
        metrics.upstreams.set(open.size);
      },
      onUnexpected: (error) => ctx.logger.error({ err: error }, 'an event was not executed'),
    });
    equal.add(shared);
    open.add(shared);
    metrics.upstreams.set(open.size);
    return { shared, sequence: 0 };
  }

  /** Moves clients that have resumed to the subscription of the others. */
  function joinLive(equal: ReadonlySet<SharedSubscription>): void {
    if (equal.size < 2) return;
    const live = [...equal].find((shared) => shared.isLive);
    if (live === undefined) return;
    for (const shared of [...equal]) if (!shared.isLive) shared.moveTo(live);
  }

  async function accept(request: SubscriptionRequest): Promise<AcceptedSubscription> {
    if (isDraining) throw endOf('SUBSCRIPTION_ENDED', request.lastEventId).errors?.[0];
    const { identity } = request.context;
    const client = clientKey(identity?.subject, request.address);
    counts.add(client);
    let joined: ReturnType<typeof join> | undefined;
    try {
      const execution = await executionOf(request);
      joined = join(request, execution);
      joined.shared.reserve();
      await joined.shared.opened;
    } catch (error) {
      joined?.shared.release();
      counts.remove(client);
      throw rejectionOf(error, joined?.shared.execution.plan.source?.subgraph);
    }
    const { shared, sequence } = joined;
    let isReserved = true;
    const release = () => {
      if (!isReserved) return;
      isReserved = false;
      shared.release();
    };
    return {
      cancel() {
        release();
        counts.remove(client);
      },
      start(transport) {
        let expiry: NodeJS.Timeout | undefined;
        const leave = (): boolean => {
          if (!subscribers.delete(subscriber)) return false;
          clearTimeout(expiry);
          subscriber.source?.remove(subscriber);
          counts.remove(client);
          metrics.active.dec({ transport: transport.name });
          return true;
        };
        const subscriber: Subscriber = {
          transport,
          source: undefined,
          lastEventId: request.lastEventId ?? shared.replay.position,
          end(end: SubscriptionEnd) {
            if (!leave()) return;
            metrics.ends.inc({ reason: end.reason });
            transport.end(end);
          },
        };
        subscribers.add(subscriber);
        metrics.active.inc({ transport: transport.name });
        const { expiresAt } = identity ?? {};
        if (expiresAt !== undefined) {
          const wait = Math.min(Math.max(expiresAt - Date.now(), 0), MAX_TIMER_MS);
          expiry = setTimeout(() => subscriber.end(endOf('UNAUTHENTICATED', subscriber.lastEventId)), wait);
          expiry.unref();
        }
        if (subscriber.lastEventId !== undefined) transport.sendPosition(subscriber.lastEventId);
        if (isDraining) subscriber.end(endOf('SUBSCRIPTION_ENDED', subscriber.lastEventId));
        else shared.add(subscriber, sequence);
        release();
        return () => void leave();
      },
    };
  }

  function endAll(shared: Iterable<SharedSubscription>, reason: Exclude<EndReason, 'complete'>): void {
    for (const one of [...shared]) one.endAllWith(reason);
  }

  return {
    accept,
    endReplaced(supergraph) {
      endAll(
        [...open].filter(({ execution }) => execution.supergraph !== supergraph),
        'SUBSCRIPTION_SCHEMA_RELOAD',
      );
    },
    drain() {
      isDraining = true;
      endAll(open, 'SUBSCRIPTION_ENDED');
    },
    heartbeatMs,
  };
}

/** Returns what decides the events; rejects a subscription without a root field that may be requested. */
async function executionOf(request: SubscriptionRequest): Promise<SubscriptionExecution> {
  const { supergraph, operation, variables, format, isLabelOn } = request;
  const { identity, forwarded } = request.context;
  const plan = await operation.plans.planFor(identity, isLabelOn, variables.coerced);
  // The trace and its headers are the first client's, and its request ends here.
  const context = { identity, forwarded, trace: undefined, federatedTraces: undefined, recording: undefined };
  if (plan.source !== undefined) return { supergraph, plan, variables, context, format };
  const { errors } = await executeEvent(plan, variables, context, supergraph.requestSubgraph, { data: {} });
  if (errors.length > 0) throw new OperationRejected(errors.map(toGraphQLError));
  throw new GraphQLError('No subgraph can resolve the root field.', { extensions: { code: 'UNPLANNABLE_FIELD' } });
}

/** Returns the rejection of a subscription that the subgraph does not accept. */
function rejectionOf(error: unknown, subgraph: string | undefined): unknown {
  if (error instanceof SubscriptionRejected) return new OperationRejected(error.errors.map(toGraphQLError));
  if (subgraph === undefined || error instanceof GraphQLError || error instanceof OperationRejected) return error;
  const code = failureCodeOf(error);
  const extensions = { code, serviceName: subgraph };
  return new GraphQLError(failureMessage(error, code, subgraph), { extensions });
}
