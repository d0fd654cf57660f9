import { Consumer, findErrorBy } from '@platformatic/kafka';
import { sleep, within } from '../../back-off.ts';
import type { Assignment } from '../assignment.ts';
import type { KafkaConnection } from '../connection.ts';
import { HEARTBEAT_MS, LEAVE_WAIT_MS, REBALANCE_TIMEOUT_MS, SESSION_TIMEOUT_MS } from '../group-timing.ts';
import { reasonOfEnd } from '../reason-of-end.ts';
import type { RunConsumer } from '../subscription.ts';
import { clientOptions, closeClient } from './client.ts';
import { createFetcher } from './fetcher.ts';

/** The name by which kafkajs has it too: members with either client share a group. */
const PROTOCOLS = [{ name: 'RoundRobinAssigner', version: 1 }];

/** Runs a member of a group. It joins again only when its handlers have ended, so that no partition is reassigned while its handler runs. */
export const runConsumer: RunConsumer = async (connection, { group, topics }, assignment, closing, onJoin, last) => {
  const consumer = createConsumer(connection, group, async () => {
    fetcher.clear();
    await assignment.settle();
  });
  // Joins as the member that the last consumer was.
  consumer.memberId = last.id ?? null;
  consumer.topics.trackAll(...topics);
  const fetcher = createFetcher({
    connection,
    consumer,
    topics,
    assignment,
    offsets: {
      committed: async (topic, partition) => {
        const offsets = await consumer.listCommittedOffsets({ topics: [{ topic, partitions: [partition] }] });
        const offset = offsets.get(topic)?.[partition] ?? -1n;
        return offset >= 0n ? offset : undefined;
      },
      commit: (topic, partition, offset) =>
        consumer.commit({ offsets: [{ topic, partition, offset, leaderEpoch: -1 }] }),
    },
  });
  const ended = Promise.withResolvers<unknown>();

  /** Joins the group, again when another rebalance begins meanwhile. */
  async function join(): Promise<void> {
    for (;;) {
      try {
        await consumer.joinGroup({});
        return;
      } catch (error) {
        if (closing.aborted || !isRebalance(error)) throw error;
        await sleep(100, closing);
      }
    }
  }

  consumer.on('consumer:group:join', ({ assignments }) => {
    const partitions = assignments?.map(({ topic, partitions: ids }) => [topic, ids]) ?? [];
    assignment.assign(fetcher.fetches, Object.fromEntries(partitions));
    last.id = consumer.memberId ?? undefined;
    onJoin();
  });
  // The client has not joined again after a heartbeat that asked for it.
  consumer.on('error', (error: Error) => {
    if (isRebalance(error)) join().catch(ended.resolve);
    else ended.resolve(error);
  });

  return untilEnded({ consumer, fetcher, assignment, closing, ended, started: join() });
};

/** Runs a reader of all partitions, without a group. */
export const runReader: RunConsumer = async (connection, { group, topics }, assignment, closing, onJoin) => {
  const consumer = createConsumer(connection, group);
  consumer.topics.trackAll(...topics);
  const fetcher = createFetcher({ connection, consumer, topics, assignment });
  async function start(): Promise<void> {
    const metadata = await consumer.metadata({ topics: [...topics] });
    const assigned = topics.map((topic) => {
      const count = metadata.topics.get(topic)?.partitionsCount ?? 0;
      return [topic, Array.from({ length: count }, (_, partition) => partition)];
    });
    assignment.assign(fetcher.fetches, Object.fromEntries(assigned));
    onJoin();
  }

  const ended = Promise.withResolvers<unknown>();
  return untilEnded({ consumer, fetcher, assignment, closing, ended, started: start() });
};

interface Running {
  consumer: Consumer;
  fetcher: ReturnType<typeof createFetcher>;
  assignment: Assignment;
  closing: AbortSignal;
  ended: PromiseWithResolvers<unknown>;
  /** Resolves when the partitions are assigned. */
  started: Promise<void>;
}

/** Fetches until an error ends it or `closing` is aborted, and then closes the consumer. Resolves with the error. */
async function untilEnded({ consumer, fetcher, assignment, closing, ended, started }: Running): Promise<unknown> {
  started.then(fetcher.run).catch(ended.resolve);
  const error = await reasonOfEnd(ended, closing);

  fetcher.clear();
  if (closing.aborted) {
    await assignment.finish();
    // A consumer that is closed while it joins would still join, and hold partitions without reading them.
    await within(LEAVE_WAIT_MS, started, () => undefined).catch(() => {});
  }
  await fetcher.close();
  await closeClient(consumer, () => consumer.close(true), LEAVE_WAIT_MS);
  assignment.revoke();
  return error;
}

function createConsumer(connection: KafkaConnection, groupId: string, beforeJoin?: () => Promise<void>): Consumer {
  return new Consumer({
    ...clientOptions(connection),
    groupId,
    sessionTimeout: SESSION_TIMEOUT_MS,
    rebalanceTimeout: REBALANCE_TIMEOUT_MS,
    heartbeatInterval: HEARTBEAT_MS,
    // A join waits for the other members.
    requestTimeout: REBALANCE_TIMEOUT_MS + 15_000,
    protocols: PROTOCOLS,
    autocommit: false,
    ...(beforeJoin && {
      // The client calls it before each join and waits for the result, which is empty: the assigner needs no data.
      protocolsMetadata: async () => {
        await beforeJoin();
        return Buffer.alloc(0);
      },
    }),
  });
}

const isRebalance = (error: unknown) => error instanceof Error && findErrorBy(error, 'needsRejoin', true) !== null;
