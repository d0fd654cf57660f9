import { randomUUID } from 'node:crypto';
import type { PartitionBounds, Reader, ReadOptions } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import type { KafkaAdministration } from './administration.ts';
import type { KafkaConnection } from './connection.ts';
import { type RunConsumer, startSubscription } from './subscription.ts';

/**
 * Starts a reader of all partitions of a topic. A client that reads as a member of a group only is the one member of a group of its own,
 * `<name>-<uuid>`. The group commits nothing, and brokers forget a group without members and offsets.
 */
export function startReader(
  connection: KafkaConnection,
  runConsumer: RunConsumer,
  administration: Pick<KafkaAdministration, 'bounds'>,
  metrics: EventLogMetrics,
  { name, topic, position, handle, ...options }: ReadOptions,
): Reader {
  const bounds = shareRequests(administration.bounds);
  return startSubscription(
    connection,
    runConsumer,
    { bounds },
    underName(metrics, name),
    {
      ...options,
      group: `${name}-${randomUUID()}`,
      topics: [topic],
      position: async (_topic, partition) => {
        const partitionBounds = (await bounds(topic)).get(partition);
        return partitionBounds && position(partition, partitionBounds);
      },
      handle: async (batch) => {
        const last = batch.records.at(-1);
        if (last) handle({ ...batch, next: last.offset + 1n });
      },
    },
    { commits: false },
  );
}

/** Lets the partitions, which are assigned at once, share one request. */
function shareRequests(bounds: KafkaAdministration['bounds']): KafkaAdministration['bounds'] {
  let pending: Promise<Map<number, PartitionBounds>> | undefined;
  return (topic) => {
    pending ??= bounds(topic).finally(() => {
      pending = undefined;
    });
    return pending;
  };
}

/** Reports under the reader's name: the group's would add series to the metrics at every start. */
function underName(metrics: EventLogMetrics, name: string): EventLogMetrics {
  return {
    published: metrics.published,
    handled: (_group, topic, outcome, seconds) => metrics.handled(name, topic, outcome, seconds),
    lag: (_group, topic, partition, records) => metrics.lag(name, topic, partition, records),
    lost: (_group, topic, records) => metrics.lost(name, topic, records),
    released: (_group, topic, partition) => metrics.released(name, topic, partition),
  };
}
