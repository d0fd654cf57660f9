import { type ClusterMetadata, ConnectionPool, type Consumer, FetchIsolationLevels } from '@platformatic/kafka';
import { backOff, sleep } from '../../back-off.ts';
import { createGate } from '../../gate.ts';
import type { Assignment, Fetches } from '../assignment.ts';
import type { KafkaConnection } from '../connection.ts';
import { CONCURRENT_PARTITIONS, FETCH_BYTES, FETCH_PARTITION_BYTES } from '../fetch-limits.ts';
import { FETCH_WAIT_MS } from '../group-timing.ts';
import { toEventLogError } from '../kafka-error.ts';
import { clientOptions, closeClient } from './client.ts';
import { committedRecords, type FetchResponse, lastOffsetOf } from './records.ts';

/** Failures in a row after which another consumer takes over. */
const MAX_FAILURES = 5;
const OFFSET_OUT_OF_RANGE = 1;

interface Target {
  readonly topic: string;
  readonly partition: number;
  offset: bigint;
  isPaused: boolean;
}

interface FetcherOptions {
  connection: KafkaConnection;
  consumer: Consumer;
  topics: readonly string[];
  assignment: Assignment;
  /** The offsets of the group; absent for a reader without one. */
  offsets?: {
    committed: NonNullable<Fetches['committed']>;
    commit(topic: string, partition: number, next: bigint): Promise<void>;
  };
}

const keyOf = (topic: string, partition: number) => `${topic}/${partition}`;

/**
 * Fetches the partitions of a consumer, by one request at a time for each broker, and the next one when its batches are handled. The
 * client's own streams deliver the records of all partitions in one sequence: a partition that waits would stop the others.
 */
export function createFetcher({ connection, consumer, topics, assignment, offsets }: FetcherOptions) {
  const pool = new ConnectionPool(connection.clientId, clientOptions(connection));
  const targets = new Map<string, Target>();
  const busy = new Set<number>();
  const changed = createGate();
  const delays = backOff(100, 1_000);
  const ended = new AbortController();
  let failures = 0;
  let isStale = false;

  const setPaused = (topic: string, partition: number, isPaused: boolean) => {
    const target = targets.get(keyOf(topic, partition));
    if (target) target.isPaused = isPaused;
    changed.open();
  };

  const fetches: Fetches = {
    pause: (topic, partition) => setPaused(topic, partition, true),
    resume: (topic, partition) => setPaused(topic, partition, false),
    seek: (topic, partition, offset) => {
      targets.set(keyOf(topic, partition), { topic, partition, offset, isPaused: true });
    },
    committed: offsets?.committed ?? (async () => undefined),
  };

  /** Requests records of partitions that have one leader, and waits until they are handled. */
  async function fetchFrom(node: number, wanted: readonly Target[], metadata: ClusterMetadata): Promise<void> {
    const idOf = (topic: string) => metadata.topics.get(topic)?.id ?? '';
    const requested = wanted.map((target) => ({ target, offset: target.offset }));
    const request = {
      node,
      connectionPool: pool,
      maxWaitTime: FETCH_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: FetchIsolationLevels.READ_COMMITTED,
      topics: [...Map.groupBy(wanted, ({ topic }) => topic)].map(([topic, ofTopic]) => ({
        topicId: idOf(topic),
        partitions: ofTopic.map(({ partition, offset }) => ({
          partition,
          fetchOffset: offset,
          currentLeaderEpoch: -1,
          lastFetchedEpoch: -1,
          partitionMaxBytes: FETCH_PARTITION_BYTES,
        })),
      })),
    };
    let response: FetchResponse;
    try {
      response = await consumer.fetch(request);
    } catch (error) {
      // An error of one partition rejects the whole request.
      const failed = partitionsOf((error as { response?: FetchResponse }).response);
      const outOfRange = failed.filter(({ errorCode }) => errorCode === OFFSET_OUT_OF_RANGE);
      if (outOfRange.length === 0) throw error;
      for (const { topicId, partitionIndex } of outOfRange) {
        const target = wanted.find(({ topic, partition }) => idOf(topic) === topicId && partition === partitionIndex);
        if (target) assignment.outOfRange(target.topic, target.partition);
      }
      return;
    }
    failures = 0;
    delays.reset();
    const responses = partitionsOf(response);
    const queue = requested.flatMap(({ target, offset }) => {
      const found = responses.find(
        ({ topicId, partitionIndex }) => topicId === idOf(target.topic) && partitionIndex === target.partition,
      );
      return found?.records?.length ? [{ target, offset, found }] : [];
    });
    const handleNext = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) await deliver(next.target, next.offset, next.found);
    };
    await Promise.all(Array.from({ length: CONCURRENT_PARTITIONS }, handleNext));
  }

  async function deliver(target: Target, offset: bigint, response: ReturnType<typeof partitionsOf>[number]) {
    const { topic, partition } = target;
    const isCurrent = () => targets.get(keyOf(topic, partition)) === target && !ended.signal.aborted;
    const lastOffset = lastOffsetOf(response);
    if (!isCurrent() || lastOffset === undefined) return;
    const records = committedRecords(topic, offset, response);
    if (records.length === 0) {
      assignment.skipped(topic, partition, lastOffset);
      target.offset = lastOffset + 1n;
      return;
    }
    await assignment.handle({
      topic,
      partition,
      offset,
      lastOffset,
      highWatermark: response.highWatermark,
      length: records.length,
      records: (start, end) => records.slice(start, end),
      isCurrent,
      advance: (next) => {
        target.offset = next;
      },
      commit: async (next) => offsets?.commit(topic, partition, next),
    });
  }

  /** Fetches from a broker, and rejects after too many failures. */
  async function attempt(node: number, wanted: readonly Target[], metadata: ClusterMetadata): Promise<void> {
    busy.add(node);
    try {
      await fetchFrom(node, wanted, metadata);
    } catch (error) {
      failures += 1;
      isStale = true;
      if (failures > MAX_FAILURES || !toEventLogError(error, connection.brokers).retryable) throw error;
      await sleep(delays.next(), ended.signal);
    } finally {
      busy.delete(node);
      changed.open();
    }
  }

  return {
    fetches,

    /** Fetches nothing until partitions are assigned again. */
    clear(): void {
      targets.clear();
    },

    /** Fetches until it is closed; rejects with the error that ends it. */
    async run(): Promise<void> {
      const failed = Promise.withResolvers<never>();
      const loop = async () => {
        while (!ended.signal.aborted) {
          const ready = [...targets.values()].filter(({ isPaused }) => !isPaused);
          if (ready.length > 0) {
            const metadata = await consumer.metadata({ topics: [...topics], forceUpdate: isStale });
            isStale = false;
            const byLeader = Map.groupBy(ready, (target) => leaderOf(metadata, target));
            for (const [node, wanted] of byLeader) {
              if (!busy.has(node)) attempt(node, wanted, metadata).catch(failed.reject);
            }
          }
          await changed.wait(ended.signal);
        }
      };
      await Promise.race([loop(), failed.promise]);
    },

    async close(): Promise<void> {
      ended.abort();
      await closeClient({ connections: pool }, () => pool.close(), 1_000);
    },
  };
}

function leaderOf({ topics }: ClusterMetadata, { topic, partition }: Target): number {
  return topics.get(topic)?.partitions[partition]?.leader ?? -1;
}

function partitionsOf(response: FetchResponse | undefined) {
  return (response?.responses ?? []).flatMap(({ topicId, partitions }) =>
    partitions.map((partition) => ({ topicId, ...partition })),
  );
}
