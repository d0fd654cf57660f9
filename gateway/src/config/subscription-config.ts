import { integer } from '@marquee/runtime/config';
import type { z } from 'zod';
import type { SubscriptionOptions } from '../http/subscriptions/subscriptions.ts';
import type { EventStreamOptions } from '../subgraphs/events/subscribe-subgraph.ts';

/** Settings of subscriptions, to spread into the gateway's schema. */
export const subscriptionFields = {
  /** Subscriptions of one client. */
  SUBSCRIPTION_MAX_PER_CLIENT: integer({ min: 1, max: 1_000_000, default: 100 }),
  /** Subscriptions of one process. */
  SUBSCRIPTION_MAX: integer({ min: 1, max: 1_000_000, default: 10_000 }),
  /** Unread bytes of a client above which it is cut off. */
  SUBSCRIPTION_BUFFER_BYTES: integer({ min: 16_384, max: 1_000_000_000, default: 1_048_576 }),
  /** Interval of heartbeats to clients. */
  SUBSCRIPTION_HEARTBEAT_MS: integer({ min: 100, max: 600_000, default: 10_000 }),
  /** Events of one subscription that clients can resume from without a request to the subgraph; 0: none. */
  SUBSCRIPTION_REPLAY_EVENTS: integer({ min: 0, max: 100_000, default: 256 }),
  /** Silence of a subgraph after which its stream is opened anew. */
  SUBSCRIPTION_SILENCE_MS: integer({ min: 100, max: 600_000, default: 30_000 }),
  /** Time for which a lost stream is opened anew. */
  SUBSCRIPTION_RECONNECT_MS: integer({ min: 0, max: 600_000, default: 30_000 }),
  /** Limit of one event of a subgraph, in characters. */
  SUBSCRIPTION_MAX_EVENT_LENGTH: integer({ min: 1_024, max: 67_108_864, default: 1_048_576 }),
};

type SubscriptionConfig = z.output<z.ZodObject<typeof subscriptionFields>>;

/** Returns the options of subscriptions of clients. */
export function subscriptionOptions(config: SubscriptionConfig): SubscriptionOptions {
  const bufferBytes = config.SUBSCRIPTION_BUFFER_BYTES;
  return {
    perClient: config.SUBSCRIPTION_MAX_PER_CLIENT,
    total: config.SUBSCRIPTION_MAX,
    heartbeatMs: config.SUBSCRIPTION_HEARTBEAT_MS,
    bufferBytes,
    // A client that resumes gets all of it at once.
    replay: { events: config.SUBSCRIPTION_REPLAY_EVENTS, length: bufferBytes / 4 },
  };
}

/** Returns the options of event streams of subgraphs. */
export function eventStreamOptions(
  config: SubscriptionConfig & { readonly SUBGRAPH_TIMEOUT_MS: number },
): Omit<EventStreamOptions, 'signingKey'> {
  return {
    silenceMs: config.SUBSCRIPTION_SILENCE_MS,
    acceptMs: config.SUBGRAPH_TIMEOUT_MS,
    reconnectMs: config.SUBSCRIPTION_RECONNECT_MS,
    maxEventLength: config.SUBSCRIPTION_MAX_EVENT_LENGTH,
  };
}
