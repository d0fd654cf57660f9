import type { MarqueeError } from '@marquee/runtime/errors';

/** A record to publish. Records of one key keep their order: they share a partition. */
export interface OutgoingRecord {
  key: Buffer;
  /** `null` is a tombstone: on a compacted topic it deletes the key. */
  value: Buffer | null;
  headers: Record<string, string>;
}

/** A record of the log. `offset` increases within a partition, with gaps. */
export interface LogRecord {
  topic: string;
  partition: number;
  offset: bigint;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
  timestamp: Date;
}

/** Records of one partition in order; never empty. */
export interface RecordBatch {
  topic: string;
  partition: number;
  records: readonly LogRecord[];
  /** The end of the partition when the batch was read: the offset of its next record. */
  highWatermark: bigint;
}

/** The properties of a new topic. The adapter is configured with the replication factor. */
export interface TopicDefinition {
  name: string;
  partitions: number;
  /** True: the latest record of every key is kept for ever; false: every record is kept for the retention time. */
  compacted: boolean;
  /** Milliseconds for which a record of a compacted topic is kept, even when a later one of its key replaces it. Default 0. */
  compactionLagMs?: number;
}

/** The offsets of a partition's first record and of its next one. */
export interface PartitionBounds {
  first: bigint;
  end: bigint;
}

export interface SubscribeOptions {
  /** Members of one group share the partitions of its topics; every group reads every record. */
  group: string;
  topics: readonly string[];
  /**
   * Returns the next offset to read of a partition, on every assignment. `undefined`: the group's committed offset, or the beginning
   * without one.
   */
  position?: (topic: string, partition: number) => Promise<bigint | undefined>;
  /** Maximum number of records in one call of `handle`. Default 500. */
  maxBatchRecords?: number;
  /**
   * Handles a batch. When it resolves, the group's offset is committed, which is only a hint to callers with a `position`. When it
   * rejects, the same records are delivered again after a back-off (100 ms, doubling to 10 s), perhaps with later ones, while the
   * membership and other partitions continue. Batches of a partition are handled in order, one at a time within a subscription.
   */
  handle: (batch: RecordBatch) => Promise<void>;
}

/** A partition that is read, with the offset of the next record to handle once it is determined. */
export interface PartitionPosition {
  readonly topic: string;
  readonly partition: number;
  readonly next: bigint | undefined;
}

/** The state of a reader. */
interface Reading {
  /** Returns the partitions that are read; undefined while the reader has not joined its group, or an outage ended its membership. */
  positions(): readonly PartitionPosition[] | undefined;
  /** Resolves at the end: undefined after `close`, or the error (`CRASHED`, exit code 5) after too many crashes. Never rejects. */
  readonly ended: Promise<MarqueeError | undefined>;
}

export interface Subscription extends Reading {
  /** Delivers no further batches; keeps the membership and its partitions. */
  pause(): void;
  resume(): void;
  /** Waits for running handlers, then leaves the group. */
  close(): Promise<void>;
}

export interface ReadOptions {
  /** Identifies the reader in logs and metrics. */
  name: string;
  topic: string;
  /** Returns the offset at which to begin a partition, within its bounds; called again when reading resumes after an outage. */
  position: (partition: number, bounds: PartitionBounds) => bigint;
  /** Maximum number of records in one call of `handle`. Default 500. */
  maxBatchRecords?: number;
  /** Handles a batch; those of a partition come in order, one at a time. When it throws, the records are delivered again after a back-off. */
  handle: (batch: ReadBatch) => void;
}

/** Records of one partition in order. There are none where compaction or retention left only a gap up to `next`. */
export interface ReadBatch extends RecordBatch {
  /** The offset after the batch. */
  next: bigint;
}

export interface Reader extends Reading {
  /** Delivers no further batches. */
  close(): Promise<void>;
}

/** An ordered, partitioned, durable log of records with consumer groups. */
export interface EventLog {
  /** The name of the messaging system in traces. */
  readonly system: 'kafka' | 'postgresql';
  /**
   * Creates missing topics; safe to repeat, and to run in several processes.
   * Throws `TOPIC_MISMATCH` when a topic exists with fewer partitions.
   */
  createTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /**
   * Resolves when all records are durable. Throws `UNKNOWN_TOPIC`, `RECORD_TOO_LARGE`, or `EVENT_LOG_UNREACHABLE`
   * (exit code 3) when the log is unavailable for too long. After a rejection some of the records may be in the log.
   */
  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  /**
   * Joins the group. Throws `UNKNOWN_TOPIC` and `EVENT_LOG_UNREACHABLE`. Later outages are retried for as long as they last, and crashes a
   * few times: see `ended`.
   */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /**
   * Reads all partitions of a topic apart from every group: nothing is committed, and other readers are not affected.
   * Throws `UNKNOWN_TOPIC` and `EVENT_LOG_UNREACHABLE`. Later outages and crashes are as those of `subscribe`.
   */
  read(options: ReadOptions): Promise<Reader>;
  /** Returns the offset of the next record of each partition. */
  endOffsets(topic: string): Promise<Map<number, bigint>>;
  /** Resolves to true when the latest record of a key has a value. Absent in logs without an index of keys, such as Kafka. */
  holds?(topic: string, key: Buffer): Promise<boolean>;
  /** Throws `EVENT_LOG_UNREACHABLE` (exit code 3) when the log does not answer within a few seconds. */
  check(): Promise<void>;
  /** Closes the readers and the subscriptions, each of which waits for its handlers, then the connections. */
  close(): Promise<void>;
}
