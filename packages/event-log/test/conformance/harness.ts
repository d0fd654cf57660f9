import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '@marquee/runtime/metrics';
import { Partitioners } from 'kafkajs';
import type {
  EventLog,
  LogRecord,
  OutgoingRecord,
  RecordBatch,
  SubscribeOptions,
  Subscription,
} from '../../src/event-log.ts';

/** A real server, and the adapter under test on it. */
export interface Harness {
  open(options?: { waitMs?: number; metrics?: Registry }): EventLog;
}

/** A server of the test's own, which it may stop. */
export interface StoppableHarness extends Harness {
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Every log and subscription that a case opens, closed at its end whatever happens. */
export class Bench implements AsyncDisposable {
  readonly #closing: (() => Promise<void>)[] = [];
  readonly log: EventLog;

  constructor(harness: Harness, options?: { waitMs?: number; metrics?: Registry }) {
    this.log = harness.open(options);
    this.#closing.push(() => this.log.close());
  }

  /** A new topic with a name of its own. */
  async topic(partitions = 3, compacted = false): Promise<string> {
    const name = unique('topic');
    await this.log.createTopics([{ name, partitions, compacted }]);
    return name;
  }

  async subscribe(options: Partial<SubscribeOptions> & { topic: string }): Promise<Reader> {
    const reader = new Reader(options.handle);
    const { topic, ...rest } = options;
    const subscription = await this.log.subscribe({
      group: unique('group'),
      topics: [topic],
      ...rest,
      handle: reader.handle,
    });
    this.#closing.push(() => subscription.close());
    reader.subscription = subscription;
    return reader;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (let close = this.#closing.pop(); close; close = this.#closing.pop()) await close();
  }
}

/** Keeps what a subscription hands out. */
export class Reader {
  readonly batches: RecordBatch[] = [];
  readonly records: LogRecord[] = [];
  subscription!: Subscription;
  /** Partitions whose handler runs now. */
  readonly running = new Set<number>();
  readonly #then: (batch: RecordBatch) => Promise<void>;

  constructor(then: (batch: RecordBatch) => Promise<void> = async () => {}) {
    this.#then = then;
  }

  readonly handle = async (batch: RecordBatch): Promise<void> => {
    assert.ok(!this.running.has(batch.partition), `partition ${batch.partition} is handled twice at once`);
    assert.ok(batch.records.length > 0, 'a batch has records');
    this.running.add(batch.partition);
    try {
      await this.#then(batch);
      this.batches.push(batch);
      this.records.push(...batch.records);
    } finally {
      this.running.delete(batch.partition);
    }
  };

  get values(): string[] {
    return this.records.map(({ value }) => String(value));
  }

  get offsets(): number[] {
    return this.records.map(({ offset }) => Number(offset));
  }

  partitions(): number[] {
    return [...new Set(this.records.map(({ partition }) => partition))].sort((a, b) => a - b);
  }
}

export function unique(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

export function record(
  key: string,
  value: string | Buffer | null,
  headers: Record<string, string> = {},
): OutgoingRecord {
  return { key: Buffer.from(key), value: value === null ? null : Buffer.from(value), headers };
}

/** One record for each number, all of one key and so in one partition. */
export function numbered(from: number, to: number, key = 'key'): OutgoingRecord[] {
  return range(from, to).map((n) => record(key, String(n)));
}

/** From `from` up to, not including, `to`. */
export function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

export async function until(condition: () => boolean, what: string, ms = 20_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    assert.ok(Date.now() < deadline, `not within ${ms} ms: ${what}`);
    await sleep(20);
  }
}

/** Returns the partition of a key by Kafka's default partitioner, which every adapter uses. */
export function partitionOf(key: string, partitions: number): number {
  const partitionMetadata = range(0, partitions).map((partitionId) => ({
    partitionId,
    partitionErrorCode: 0,
    leader: 1,
    replicas: [1],
    isr: [1],
  }));
  return Partitioners.DefaultPartitioner()({ topic: 'any', partitionMetadata, message: { key, value: null } });
}

/** A key for each partition of a topic, in the order of the partitions. */
export function keyOfEachPartition(partitions: number): string[] {
  const keys = range(0, 100).map((n) => `key-${n}`);
  return range(0, partitions).map((partition) => {
    const key = keys.find((each) => partitionOf(each, partitions) === partition);
    assert.ok(key !== undefined, `a key for partition ${partition}`);
    return key;
  });
}
