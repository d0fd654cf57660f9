import type { SharedSubscription } from './shared-subscription.ts';
import type { SubscriptionMetrics } from './subscription-metrics.ts';

/** The longest time for which messages wait to be joined, in ms. */
const MAX_WAIT_MS = 25;

/**
 * The wait after a round of writes, as a fraction of its time. A longer wait joins more messages, and each arrives later:
 * with 2,000 clients and 50 events a second, 0.25 had the least p99 of 0, 0.25, 0.4, 0.5 and 1.
 */
const WAIT = 0.25;

/**
 * The delivery of messages to clients. A write to a socket costs the same for one message as for several. While the
 * clients are few, a message is sent in the next turn of the event loop. Otherwise it waits for a fraction of the time
 * of the last round of writes, and joins those that arrive meanwhile.
 */
export class Delivery {
  readonly #metrics: SubscriptionMetrics;
  /** Subscriptions with messages, and what follows their delivery. */
  #waiting = new Map<SharedSubscription, () => void>();
  #isScheduled = false;
  /** Time before which the next round does not begin, on the clock of `performance.now()`. */
  #notBefore = 0;

  constructor(metrics: SubscriptionMetrics) {
    this.#metrics = metrics;
  }

  schedule(shared: SharedSubscription, after: () => void): void {
    this.#waiting.set(shared, after);
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#notBefore - performance.now();
    if (wait >= 1) setTimeout(() => this.#deliver(), wait);
    else setImmediate(() => this.#deliver());
  }

  #deliver(): void {
    const begun = performance.now();
    const waiting = this.#waiting;
    this.#waiting = new Map();
    this.#isScheduled = false;
    for (const [shared, after] of waiting) {
      const messages = shared.deliver();
      this.#count(shared, messages);
      after();
    }
    // Node.js writes to the sockets of responses after this turn of the event loop.
    setImmediate(() => {
      const ended = performance.now();
      this.#notBefore = ended + Math.min(WAIT * (ended - begun), MAX_WAIT_MS);
    });
  }

  #count(shared: SharedSubscription, messages: ReturnType<SharedSubscription['deliver']>): void {
    const { events, messages: sent, seconds } = this.#metrics;
    events.inc(messages.length);
    const now = performance.now();
    for (const { receivedAt } of messages) seconds.observe((now - receivedAt) / 1_000);
    const byTransport = new Map<string, number>();
    for (const { transport } of shared.subscribers) {
      byTransport.set(transport.name, (byTransport.get(transport.name) ?? 0) + messages.length);
    }
    for (const [transport, count] of byTransport) sent.inc({ transport }, count);
  }
}
