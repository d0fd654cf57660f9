import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge } from 'prom-client';

/** Reasons for which a stream ends other than its client: an overflow of pending events, or a client that does not read. */
export const CUT_OFFS = ['behind', 'stalled'] as const;
export type CutOff = (typeof CUT_OFFS)[number];

export interface SubscriptionMetrics {
  readonly active: Gauge;
  readonly events: Counter;
  readonly cutOffs: Counter<'reason'>;
  readonly gaps: Counter;
}

export function createSubscriptionMetrics(registry: Registry): SubscriptionMetrics {
  const registers = [registry];
  const cutOffs = new Counter({
    name: 'marquee_subscription_cut_offs_total',
    help: 'Subscriptions that were cut off, by reason: behind (too many pending events), stalled (the client reads nothing).',
    labelNames: ['reason'] as const,
    registers,
  });
  for (const reason of CUT_OFFS) cutOffs.inc({ reason }, 0);
  return {
    active: new Gauge({
      name: 'marquee_subscriptions_active',
      help: 'Subscriptions that this process serves.',
      registers,
    }),
    events: new Counter({
      name: 'marquee_subscription_events_total',
      help: 'Events that were sent to subscriptions.',
      registers,
    }),
    cutOffs,
    gaps: new Counter({
      name: 'marquee_subscription_gaps_total',
      help: 'Subscriptions that could not resume, or not go on, because changes were no longer available.',
      registers,
    }),
  };
}
