import { type BackOff, backOff, sleep } from '../back-off.ts';
import type { LogRecord, PartitionBounds, PartitionPosition, SubscribeOptions } from '../event-log.ts';
import type { EventLogMetrics } from '../event-log-metrics.ts';
import { startingOffset } from '../starting-offset.ts';
import type { KafkaConnection } from './connection.ts';

/** The fetches of a consumer that has joined its group. */
export interface Fetches {
  pause(topic: string, partition: number): void;
  resume(topic: string, partition: number): void;
  seek(topic: string, partition: number, offset: bigint): void;
  /** Returns the group's committed offset. Absent where the client starts at it by itself. */
  committed?(topic: string, partition: number): Promise<bigint | undefined>;
}

/** The result of a fetch from one partition. */
export interface FetchedBatch {
  readonly topic: string;
  readonly partition: number;
  /** The offset for which it was fetched, at most that of its first record. */
  readonly offset: bigint;
  readonly lastOffset: bigint;
  readonly highWatermark: bigint;
  /** Number of records; at least 1. */
  readonly length: number;
  records(start: number, end: number): LogRecord[];
  /** Returns false when the consumer has to join the group again, or to end. */
  isCurrent(): boolean;
  /** Lets the next fetch begin at this offset. */
  advance(next: bigint): void;
  commit(next: bigint): Promise<void>;
}

interface AssignedPartition {
  topic: string;
  partition: number;
  /** The next offset to handle; undefined before the first batch from the group's committed offset. */
  next: bigint | undefined;
  /** True while batches are handled; otherwise the partition is not fetched. */
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
 * Tracks the partitions of one member, from one join of the group to the next. A partition that waits for its position or its next attempt
 * is not fetched, so that the others continue.
 */
export function createAssignment({ subscribe, bounds, logger, metrics, commits }: AssignmentOptions) {
  const { group, handle, position, maxBatchRecords = 500 } = subscribe;
  const running = new Map<string, Promise<void>>();
  let fetches: Fetches | undefined;
  let partitions = new Map<string, AssignedPartition>();
  let revoked = new AbortController();
  let isPaused = false;
  let isSettling = false;
  let isClosing = false;

  const keyOf = ({ topic, partition }: { topic: string; partition: number }) => `${topic}/${partition}`;

  function hold(state: AssignedPartition): void {
    state.isReady = false;
    fetches?.pause(state.topic, state.partition);
  }

  function release(state: AssignedPartition): void {
    state.isReady = true;
    if (!isPaused) fetches?.resume(state.topic, state.partition);
  }

  /** Seeks to the caller's own offset, with retries while the partition is assigned. */
  async function place(state: AssignedPartition, signal: AbortSignal): Promise<void> {
    const { topic, partition } = state;
    const delays = backOff();
    while (!signal.aborted) {
      // A handler from before the last join must have finished with the partition.
      await running.get(keyOf(state));
      try {
        const own = await position?.(topic, partition);
        const wanted = own ?? (await fetches?.committed?.(topic, partition));
        const isPlaced = wanted !== undefined || fetches?.committed !== undefined;
        const partitionBounds = isPlaced ? (await bounds(topic)).get(partition) : undefined;
        if (signal.aborted) return;
        state.next = undefined;
        if (partitionBounds !== undefined) {
          const { first, end } = partitionBounds;
          // A committed offset beyond the end is one of a deleted topic.
          const isCommitted = own === undefined && wanted !== undefined && wanted <= end;
          const from = own ?? (isCommitted ? wanted : first);
          state.next = startingOffset(from, partitionBounds, { group, topic, partition }, logger);
          if (state.next > from) metrics.lost(group, topic, state.next - from);
          fetches?.seek(topic, partition, state.next);
          metrics.lag(group, topic, partition, end - state.next);
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

  function placeAgain(state: AssignedPartition): void {
    hold(state);
    void place(state, revoked.signal);
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

  async function handleBatch(state: AssignedPartition, batch: FetchedBatch, signal: AbortSignal): Promise<void> {
    const { topic, partition, highWatermark } = batch;
    let hasProgress = false;
    for (let start = 0; start < batch.length; start += maxBatchRecords) {
      if (isClosing || isSettling || isPaused || signal.aborted || !batch.isCurrent()) break;
      const records = batch.records(start, start + maxBatchRecords);
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
      const isLast = start + maxBatchRecords >= batch.length;
      state.next = (isLast ? batch.lastOffset : (records.at(-1)?.offset ?? batch.offset)) + 1n;
      batch.advance(state.next);
      hasProgress = true;
      assignment.onProgress();
      metrics.lag(group, topic, partition, highWatermark - state.next);
    }
    if (!hasProgress || !commits || signal.aborted || state.next === undefined) return;
    try {
      await batch.commit(state.next);
    } catch (error) {
      // The next commit or the caller's own offset replaces it. The next heartbeat reports a rebalance too.
      const offset = String(state.next);
      logger.debug({ err: error, group, topic, partition, offset }, "the group's offset was not committed");
    }
  }

  const assignment = {
    /** Called after each handled batch. */
    onProgress: () => {},

    /** Pauses assigned partitions until their position is set. Call it before the first fetch. */
    assign(by: Fetches, assigned: Readonly<Record<string, readonly number[]>>): void {
      isSettling = false;
      revoked.abort();
      revoked = new AbortController();
      const { signal } = revoked;
      fetches = by;
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
      fetches = undefined;
    },

    async handle(batch: FetchedBatch): Promise<void> {
      const key = keyOf(batch);
      const state = partitions.get(key);
      const { signal } = revoked;
      if (!state?.isReady || isPaused || isClosing || isSettling || running.has(key)) return;
      const { offset } = batch;
      state.next ??= offset;
      if (offset !== state.next) {
        // Fetched before the seek, or the client started over because the offset is no longer in the log.
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
        placeAgain(state);
        return;
      }
      const work = handleBatch(state, batch, signal);
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

    /** Advances over a batch of control records or aborted ones, which are not delivered. */
    skipped(topic: string, partition: number, lastOffset: bigint): void {
      const state = partitions.get(keyOf({ topic, partition }));
      if (state?.next !== undefined && lastOffset >= state.next) state.next = lastOffset + 1n;
    },

    /** Determines the position of a partition again, since its next offset is not in the log. */
    outOfRange(topic: string, partition: number): void {
      const state = partitions.get(keyOf({ topic, partition }));
      if (state?.isReady) placeAgain(state);
    },

    /** Undefined while no consumer is a member. */
    positions(): readonly PartitionPosition[] | undefined {
      return fetches && [...partitions.values()].map(({ topic, partition, next }) => ({ topic, partition, next }));
    },

    get handlersRunning(): number {
      return running.size;
    },

    pause(): void {
      isPaused = true;
      for (const state of partitions.values()) fetches?.pause(state.topic, state.partition);
    },

    resume(): void {
      isPaused = false;
      for (const state of partitions.values()) if (state.isReady) fetches?.resume(state.topic, state.partition);
    },

    /** Delivers no further batches until the next `assign`, and waits for running handlers. */
    async settle(): Promise<void> {
      isSettling = true;
      await Promise.all(running.values());
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
