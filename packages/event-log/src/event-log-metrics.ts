import type { Registry } from '@marquee/runtime/metrics';
import { Counter, Gauge, Histogram, type Metric } from 'prom-client';

/** Metrics of the adapters; all are no-ops when the caller passes no registry. */
export interface EventLogMetrics {
  published(topic: string, records: number): void;
  handled(group: string, topic: string, outcome: 'done' | 'failed', seconds: number): void;
  /** Sets the number of records of a partition that the group has not handled yet. */
  lag(group: string, topic: string, partition: number, records: bigint): void;
  /** Counts records that were deleted before the group read them. */
  lost(group: string, topic: string, records: bigint): void;
  /** Removes the lag of a partition that is assigned to another member. */
  released(group: string, topic: string, partition: number): void;
}

/** Returns the gauge of stalled partitions, by group and topic. */
export function stalledPartitions(registry: Registry): Gauge<'group' | 'topic'> {
  return (
    (registry.getSingleMetric('marquee_event_log_stalled_partitions') as Gauge<'group' | 'topic'> | undefined) ??
    new Gauge({
      name: 'marquee_event_log_stalled_partitions',
      help: 'Partitions with further records whose applied offset does not move; 1 for a consumer that reads none.',
      labelNames: ['group', 'topic'],
      registers: [registry],
    })
  );
}

export function eventLogMetrics(registry: Registry | undefined): EventLogMetrics {
  if (!registry) return { published() {}, handled() {}, lag() {}, lost() {}, released() {} };
  const registers = [registry];
  // Several logs of one process share a registry, in which a name can be registered once.
  const shared = <T extends Metric>(name: string, create: () => T) =>
    (registry.getSingleMetric(name) as T | undefined) ?? create();

  const published = shared(
    'marquee_event_log_published_records_total',
    () =>
      new Counter({
        name: 'marquee_event_log_published_records_total',
        help: 'Records that were published and are durable.',
        labelNames: ['topic'],
        registers,
      }),
  );
  const batches = shared(
    'marquee_event_log_batch_seconds',
    () =>
      new Histogram({
        name: 'marquee_event_log_batch_seconds',
        help: 'How long handling a batch took, by outcome (done, failed).',
        labelNames: ['group', 'topic', 'outcome'],
        buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
        registers,
      }),
  );
  const lag = shared(
    'marquee_event_log_lag_records',
    () =>
      new Gauge({
        name: 'marquee_event_log_lag_records',
        help: 'Records of a partition that the group has not handled yet.',
        labelNames: ['group', 'topic', 'partition'],
        registers,
      }),
  );
  const lost = shared(
    'marquee_event_log_lost_records_total',
    () =>
      new Counter({
        name: 'marquee_event_log_lost_records_total',
        help: 'Records that were deleted before the group read them.',
        labelNames: ['group', 'topic'],
        registers,
      }),
  );
  return {
    published: (topic, records) => published.inc({ topic }, records),
    handled: (group, topic, outcome, seconds) => batches.observe({ group, topic, outcome }, seconds),
    lag: (group, topic, partition, records) => {
      lag.set({ group, topic, partition: String(partition) }, Number(records < 0n ? 0n : records));
      // Exposed as 0, so that an increase to 1 is seen as one.
      lost.inc({ group, topic }, 0);
    },
    lost: (group, topic, records) => lost.inc({ group, topic }, Number(records)),
    released: (group, topic, partition) => lag.remove({ group, topic, partition: String(partition) }),
  };
}
