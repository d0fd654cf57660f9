import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge, Histogram } from 'prom-client';

export interface SubscriptionMetrics {
  readonly active: Gauge<'transport'>;
  readonly upstreams: Gauge;
  readonly events: Counter;
  readonly messages: Counter<'transport'>;
  readonly ends: Counter<'reason'>;
  readonly refused: Counter<'limit'>;
  readonly seconds: Histogram;
}

/** Registers the metrics of subscriptions. */
export function createSubscriptionMetrics(registry: Registry): SubscriptionMetrics {
  const registers = [registry];
  const active = new Gauge<'transport'>({
    name: 'marquee_subscriptions_active',
    help: 'Subscriptions of clients, by transport: sse, multipart, websocket.',
    labelNames: ['transport'],
    registers,
  });
  for (const transport of ['sse', 'multipart', 'websocket']) active.set({ transport }, 0);
  return {
    active,
    upstreams: new Gauge({
      name: 'marquee_subscription_upstreams',
      help: 'Subscriptions at subgraphs, each shared by the clients of equal subscriptions.',
      registers,
    }),
    events: new Counter({
      name: 'marquee_subscription_events_total',
      help: 'Events of subgraphs whose results were written.',
      registers,
    }),
    messages: new Counter({
      name: 'marquee_subscription_messages_total',
      help: 'Results sent to clients, by transport.',
      labelNames: ['transport'],
      registers,
    }),
    ends: new Counter<'reason'>({
      name: 'marquee_subscription_ends_total',
      help: 'Subscriptions that the server ended, by reason: complete, or the code of the error.',
      labelNames: ['reason'],
      registers,
    }),
    refused: new Counter({
      name: 'marquee_subscriptions_refused_total',
      help: 'Subscriptions over a limit: of the client, or of the process.',
      labelNames: ['limit'],
      registers,
    }),
    seconds: new Histogram({
      name: 'marquee_subscription_delivery_seconds',
      help: 'Time from the arrival of an event to the last write of its result to a client.',
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
      registers,
    }),
  };
}
