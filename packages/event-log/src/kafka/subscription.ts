import type { SubscribeOptions, Subscription } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { supervise } from '../supervise.ts';
import type { KafkaAdministration } from './administration.ts';
import { type Assignment, createAssignment } from './assignment.ts';
import type { KafkaConnection } from './connection.ts';
import { toConsumerError } from './kafka-error.ts';

/**
 * The last member of the group that a subscription was, until it has left. A consumer that an outage ended could not leave: without the next
 * one's help, the group waits for the session to expire, 10 s after the coordinator is back, before it assigns partitions again.
 */
export interface LastMember {
  id: string | undefined;
}

/** Runs one consumer, and resolves with the reason of its end: undefined when `closing` is aborted. */
export type RunConsumer = (
  connection: KafkaConnection,
  subscribe: Pick<SubscribeOptions, 'group' | 'topics'>,
  assignment: Assignment,
  closing: AbortSignal,
  onJoin: () => void,
  last: LastMember,
) => Promise<unknown>;

/** Starts a member of a group, one consumer after the other, until it is closed or has crashed too often. */
export function startSubscription(
  connection: KafkaConnection,
  runConsumer: RunConsumer,
  administration: Pick<KafkaAdministration, 'bounds'>,
  metrics: EventLogMetrics,
  subscribe: SubscribeOptions,
  { commits = true }: { commits?: boolean } = {},
): Subscription {
  const { logger, brokers } = connection;
  const { group, topics } = subscribe;
  const closing = new AbortController();
  const assignment = createAssignment({ subscribe, bounds: administration.bounds, logger, metrics, commits });
  const last: LastMember = { id: undefined };
  const ended = supervise({
    name: `the consumer of group "${group}"`,
    logger,
    closing: closing.signal,
    run: ({ connected, progressed }) => {
      assignment.onProgress = progressed;
      return runConsumer(connection, subscribe, assignment, closing.signal, connected, last);
    },
    toError: (reason) => toConsumerError(reason, brokers, topics.join(',')),
  });
  return {
    pause: () => assignment.pause(),
    resume: () => assignment.resume(),
    positions: () => assignment.positions(),
    ended,
    close: async () => {
      closing.abort();
      await ended;
    },
  };
}
