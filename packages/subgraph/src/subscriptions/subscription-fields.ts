import { integer } from '@marquee/runtime/config';

/** Settings of the subscriptions of a process that serves; spread them into its schema. */
export const subscriptionFields = {
  /** Maximum number of subscriptions that the process serves at once. */
  SUBSCRIPTION_LIMIT: integer({ min: 0, max: 100_000, default: 5_000 }),
  /** Interval of the comments that keep a stream without events alive. */
  SUBSCRIPTION_HEARTBEAT_MS: integer({ min: 10, max: 600_000, default: 10_000 }),
  /** Time for which a client may read nothing while an event waits, before its stream is cut off. */
  SUBSCRIPTION_SEND_TIMEOUT_MS: integer({ min: 10, max: 600_000, default: 30_000 }),
  /** Maximum number of events that wait for one client, before its stream is cut off. */
  SUBSCRIPTION_MAX_PENDING: integer({ min: 1, max: 1_000_000, default: 1_000 }),
  /** Records of the change topic in which a client may resume, and the memory for them. */
  SUBSCRIPTION_HISTORY_RECORDS: integer({ min: 1, max: 10_000_000, default: 10_000 }),
  SUBSCRIPTION_HISTORY_BYTES: integer({ min: 1_000, max: 10_000_000_000, default: 16 * 1024 * 1024 }),
};
