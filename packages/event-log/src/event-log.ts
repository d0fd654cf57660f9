/** A record as a producer hands it over. Records of one key keep their order: they share a partition. */
export interface OutgoingRecord {
  key: Buffer;
  /** `null` is a tombstone: on a compacted topic it deletes the key. */
  value: Buffer | null;
  headers: Record<string, string>;
}

/** A record as the log returns it. `offset` grows within a partition, and may leave gaps. */
export interface LogRecord {
  topic: string;
  partition: number;
  offset: bigint;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
  timestamp: Date;
}

/** Records of one partition in their order; never empty. */
export interface RecordBatch {
  topic: string;
  partition: number;
  records: readonly LogRecord[];
  /** The offset that the partition's next record would have got when the batch was read. */
  highWatermark: bigint;
}

/** How a topic is made. How often it is replicated is the adapter's configuration. */
export interface TopicDefinition {
  name: string;
  partitions: number;
  /** Keep (at least) the latest record of every key for ever, rather than every record for the retention time. */
  compacted: boolean;
}

export interface SubscribeOptions {
  /** Members of one group share the partitions of its topics; every group sees every record. */
  group: string;
  topics: readonly string[];
  /**
   * The next offset to read of a partition, asked on every assignment. `undefined`: go on where the group's committed
   * offset stands, or at the beginning when there is none.
   */
  position?: (topic: string, partition: number) => Promise<bigint | undefined>;
  /** The most records of one call of `handle`; by default 500. */
  maxBatchRecords?: number;
  /**
   * Resolves: the batch is done and the group's offset moves on. The group's offset is only a hint to callers that
   * give `position`.
   * Rejects: the same records come again after a back-off (100 ms, doubling to 10 s), perhaps with some that follow
   * them, while the membership is kept and other partitions go on.
   * The order within a partition is kept, and no two batches of a partition run at once within a subscription.
   */
  handle: (batch: RecordBatch) => Promise<void>;
}

export interface Subscription {
  /** Hands out no further batches; the membership and its partitions are kept. */
  pause(): void;
  resume(): void;
  /** Waits for the handlers that run, then leaves the group. */
  close(): Promise<void>;
}

/** An ordered, partitioned, durable log of records with consumer groups. */
export interface EventLog {
  /**
   * Creates the topics that do not exist; safe to repeat and to run at the same time elsewhere.
   * Throws `TOPIC_MISMATCH` when a topic exists with fewer partitions.
   */
  createTopics(topics: readonly TopicDefinition[]): Promise<void>;
  /**
   * Resolves when all records are durable. Throws `UNKNOWN_TOPIC`, `RECORD_TOO_LARGE`, or `EVENT_LOG_UNREACHABLE`
   * (exit code 3) when the log is not there for too long. After a rejection some of the records may be in the log.
   */
  publish(topic: string, records: readonly OutgoingRecord[]): Promise<void>;
  /** Joins the group. Throws `UNKNOWN_TOPIC` and `EVENT_LOG_UNREACHABLE`; afterwards outages are waited for. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  /** The offset that the next record of each partition would get, by partition. */
  endOffsets(topic: string): Promise<Map<number, bigint>>;
  /** Resolves to true when the latest record of a key has a value. Absent in logs that find records by their offset alone, as Kafka does. */
  holds?(topic: string, key: Buffer): Promise<boolean>;
  /** Throws `EVENT_LOG_UNREACHABLE` (exit code 3) when the log does not answer within a few seconds. */
  check(): Promise<void>;
  /** Closes the subscriptions that are open (each waits for its handlers), then the connections. */
  close(): Promise<void>;
}
