import type { Consumer, ConsumerEachBatchPayload } from 'kafkajs';
import { type BackOff, backOff, sleep } from '../back-off.ts';
import type { PartitionBounds, SubscribeOptions } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { startingOffset } from '../starting-offset.ts';
import type { KafkaConnection } from './client.ts';
import { keepMembership } from './membership-keeper.ts';
import { fetchedOffset, toLogRecord } from './record.ts';

interface AssignedPartition {
  topic: string;
  partition: number;
  /** The next offset to handle; undefined before the first batch from the group's committed offset. */
  next: bigint | undefined;
  /** True while batches are handled; otherwise the partition is paused in kafkajs. */
  isReady: boolean;
  failures: BackOff;
}

interface AssignmentOptions {
  subscribe: SubscribeOptions;
  bounds: (topic: string) => Promise<Map<number, PartitionBounds>>;
  logger: KafkaConnection['logger'];
  metrics: EventLogMetrics;
  /** False for a group that nobody joins again. */
  commits: boolean;
}

/**
 * Tracks the partitions of one member, from one join of the group to the next.
 *
 * kafkajs fetches again from a broker only when all batches of the last fetch are handled. A partition that waits for its position
 * or its next attempt is therefore paused, so that the others continue and the fetches keep up the heartbeats. A running handler
 * delays the next fetch, and with it the next join: a partition is not reassigned while its handler runs.
 */
export function createAssignment({ subscribe, bounds, logger, metrics, commits }: AssignmentOptions) {
  const { group, handle, position, maxBatchRecords = 500 } = subscribe;
  const running = new Map<string, Promise<void>>();
  let consumer: Consumer | undefined;
  let partitions = new Map<string, AssignedPartition>();
  let revoked = new AbortController();
  let isPaused = false;
  let isClosing = false;

  const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;
  const toKafkajs = ({ topic, partition }: AssignedPartition) => [{ topic, partitions: [partition] }];

  function hold(state: AssignedPartition): void {
    state.isReady = false;
    consumer?.pause(toKafkajs(state));
  }

  function release(state: AssignedPartition): void {
    state.isReady = true;
    if (!isPaused) consumer?.resume(toKafkajs(state));
  }

  /** Seeks to the caller's own offset, with retries while the partition is assigned. */
  async function place(state: AssignedPartition, signal: AbortSignal): Promise<void> {
    const { topic, partition } = state;
    const delays = backOff();
    while (!signal.aborted) {
      // A handler from before the last join must have finished with the partition.
      await running.get(keyOf(state));
      try {
        const wanted = await position?.(topic, partition);
        const partitionBounds = wanted === undefined ? undefined : (await bounds(topic)).get(partition);
        if (signal.aborted) return;
        state.next = undefined;
        if (wanted !== undefined && partitionBounds !== undefined) {
          state.next = startingOffset(wanted, partitionBounds, { group, topic, partition }, logger);
          if (state.next > wanted) metrics.lost(group, topic, state.next - wanted);
          consumer?.seek({ topic, partition, offset: String(state.next) });
          metrics.lag(group, topic, partition, partitionBounds.end - state.next);
        }
        release(state);
        return;
      } catch (error) {
        const delayMs = delays.next();
        if (!signal.aborted) {
          logger.error(
            { err: error, group, topic, partition, delayMs },
            'cannot determine the position in a partition',
          );
        }
        await sleep(delayMs, signal);
      }
    }
  }

  function retryLater(state: AssignedPartition, error: unknown, records: number, signal: AbortSignal): void {
    const { topic, partition, next } = state;
    const delayMs = state.failures.next();
    logger.error(
      { err: error, group, topic, partition, offset: String(next), records, delayMs },
      'a batch failed and comes again',
    );
    hold(state);
    sleep(delayMs, signal).then(() => {
      if (!signal.aborted) release(state);
    });
  }

  async function handleBatch(state: AssignedPartition, payload: ConsumerEachBatchPayload, signal: AbortSignal) {
    const { batch, resolveOffset, heartbeat, commitOffsetsIfNecessary, isRunning } = payload;
    const { topic, partition, messages } = batch;
    const highWatermark = BigInt(batch.highWatermark);
    const membership = keepMembership(heartbeat);
    let hasProgress = false;
    try {
      for (let start = 0; start < messages.length; start += maxBatchRecords) {
        if (isClosing || isPaused || signal.aborted || membership.error || !isRunning()) break;
        const records = messages.slice(start, start + maxBatchRecords).map((message) => toLogRecord(batch, message));
        const startedAt = performance.now();
        const seconds = () => (performance.now() - startedAt) / 1_000;
        metrics.lag(group, topic, partition, highWatermark - (records[0]?.offset ?? highWatermark));
        try {
          await handle({ topic, partition, records, highWatermark });
        } catch (error) {
          metrics.handled(group, topic, 'failed', seconds());
          if (!signal.aborted) retryLater(state, error, records.length, signal);
          break;
        }
        metrics.handled(group, topic, 'done', seconds());
        if (signal.aborted) break;
        state.failures.reset();
        const isLast = start + maxBatchRecords >= messages.length;
        const last = isLast ? batch.lastOffset() : String(records.at(-1)?.offset);
        resolveOffset(String(records.at(-1)?.offset));
        state.next = BigInt(last) + 1n;
        hasProgress = true;
        assignment.onProgress();
        metrics.lag(group, topic, partition, highWatermark - state.next);
      }
    } finally {
      membership.stop();
    }
    if (hasProgress && commits && !signal.aborted) {
      const offset = String(state.next);
      try {
        await commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset }] }] });
      } catch (error) {
        // The next commit or the caller's own offset replaces it. The next heartbeat reports a rebalance too.
        logger.debug({ err: error, group, topic, partition, offset }, "the group's offset was not committed");
      }
    }
    // Makes kafkajs join the group again.
    if (membership.error) throw membership.error;
  }

  const assignment = {
    /** Called after each handled batch. */
    onProgress: () => {},

    /** Pauses assigned partitions until their position is set. Call it while kafkajs joins, before it fetches. */
    assign(by: Consumer, assigned: Record<string, number[]>): void {
      revoked.abort();
      revoked = new AbortController();
      const { signal } = revoked;
      consumer = by;
      const before = partitions;
      partitions = new Map();
      for (const [topic, ids] of Object.entries(assigned)) {
        for (const partition of ids) {
          const state: AssignedPartition = { topic, partition, next: undefined, isReady: false, failures: backOff() };
          partitions.set(keyOf(state), state);
          hold(state);
        }
      }
      for (const [key, { topic, partition }] of before) {
        if (!partitions.has(key)) metrics.released(group, topic, partition);
      }
      for (const state of partitions.values()) void place(state, signal);
    },

    revoke(): void {
      revoked.abort();
      for (const { topic, partition } of partitions.values()) metrics.released(group, topic, partition);
      partitions = new Map();
      consumer = undefined;
    },

    async eachBatch(payload: ConsumerEachBatchPayload): Promise<void> {
      const key = keyOf(payload.batch);
      const state = partitions.get(key);
      const { signal } = revoked;
      if (!state?.isReady || isPaused || isClosing || running.has(key)) return;
      const offset = fetchedOffset(payload.batch);
      state.next ??= offset;
      if (offset !== state.next) {
        // Fetched before the seek, or kafkajs started over because the offset is no longer in the log.
        logger.warn(
          {
            group,
            topic: state.topic,
            partition: state.partition,
            offset: String(offset),
            expected: String(state.next),
          },
          'a batch is not the next one',
        );
        hold(state);
        void place(state, signal);
        return;
      }
      const work = handleBatch(state, payload, signal);
      running.set(
        key,
        work.catch(() => {}),
      );
      try {
        await work;
      } finally {
        running.delete(key);
      }
    },

    /** Advances over a batch of control records or aborted ones, which kafkajs does not deliver. */
    skipped(topic: string, partition: number, lastOffset: bigint): void {
      const state = partitions.get(keyOf({ topic, partition }));
      if (state?.next !== undefined && lastOffset >= state.next) state.next = lastOffset + 1n;
    },

    get handlersRunning(): number {
      return running.size;
    },

    pause(): void {
      isPaused = true;
      for (const state of partitions.values()) consumer?.pause(toKafkajs(state));
    },

    resume(): void {
      isPaused = false;
      for (const state of partitions.values()) if (state.isReady) consumer?.resume(toKafkajs(state));
    },

    /** Delivers no further batches, and waits for running handlers. */
    async finish(): Promise<void> {
      isClosing = true;
      await Promise.all(running.values());
    },
  };
  return assignment;
}

export type Assignment = ReturnType<typeof createAssignment>;
