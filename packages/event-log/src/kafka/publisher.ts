import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import { backOff, sleep, within } from '../back-off.ts';
import type { OutgoingRecord } from '../event-log.ts';
import { closed } from '../event-log-error.ts';
import { chunksOf, type RecordChunk } from '../record-chunks.ts';
import type { KafkaAdministration } from './administration.ts';
import { DEFAULT_WAIT_MS, type KafkaConnection } from './connection.ts';
import { toEventLogError } from './kafka-error.ts';

/** Records of one request, by topic. */
export type TopicRecords = ReadonlyMap<string, readonly OutgoingRecord[]>;

/** An idempotent producer, used for one request at a time. */
export interface Producer {
  connect(): Promise<void>;
  /** Resolves when all in-sync replicas have the records of every partition. Repeats what may pass. */
  send(records: TopicRecords): Promise<void>;
  /** Ends within a second, whatever the brokers do. */
  close(): Promise<void>;
}

/** Brokers refuse a compressed batch over 1,048,588 bytes (message.max.bytes); before compression this is safe. */
const MAX_REQUEST_BYTES = 900_000;
const MAX_REQUEST_RECORDS = 10_000;

interface Waiting extends RecordChunk {
  topic: string;
  done: PromiseWithResolvers<void>;
}

/**
 * Publishes through one idempotent producer, one request at a time. A producer that abandoned a request is never used again: a later
 * request could have the sequence numbers of the abandoned one, and the broker would acknowledge it as a repetition without storing it.
 * The next producer has a new id.
 * https://kafka.apache.org/documentation/#semantics
 *
 * Records that are published during a request are sent together in the next one.
 */
export function createPublisher(
  connection: KafkaConnection,
  administration: Pick<KafkaAdministration, 'checkTopics'>,
  createProducer: (connection: KafkaConnection) => Producer,
) {
  const { brokers, logger, waitMs = DEFAULT_WAIT_MS } = connection;
  const knownTopics = new Set<string>();
  const queue: Waiting[] = [];
  let open: Producer | undefined;
  let draining: Promise<void> | undefined;
  let isClosed = false;

  async function connect(deadline: number): Promise<Producer> {
    if (open) return open;
    const delays = backOff(100, 1_000);
    for (;;) {
      const producer = createProducer(connection);
      try {
        await within(deadline - Date.now(), producer.connect(), () => new Error('no answer'));
        open = producer;
        return open;
      } catch (cause) {
        await producer.close();
        const error = toEventLogError(cause, brokers);
        const delayMs = delays.next();
        if (!error.retryable || Date.now() + delayMs >= deadline) throw error;
        await sleep(delayMs);
      }
    }
  }

  async function discard(): Promise<void> {
    const producer = open;
    open = undefined;
    await producer?.close();
  }

  /**
   * Sends records until they are durable or the time is over. When the client gives up early, as for some transient errors, the next
   * producer sends the records again: they may then be in the log twice in a row.
   */
  async function send(records: TopicRecords): Promise<void> {
    const topics = [...records.keys()];
    const deadline = Date.now() + waitMs;
    const delays = backOff(100, 1_000);
    for (;;) {
      const producer = await connect(deadline);
      try {
        await within(deadline - Date.now(), producer.send(records), () => new Error(`no answer in ${waitMs} ms`));
        return;
      } catch (cause) {
        await discard();
        const error = toEventLogError(cause, brokers, topics.join(', '));
        const delayMs = delays.next();
        if (!error.retryable || Date.now() + delayMs >= deadline) throw error;
        logger.warn({ topics, reason: messageOf(cause), delayMs }, 'publishing failed; trying again');
        await sleep(delayMs);
      }
    }
  }

  /** Takes the first of the queue, and the next ones that fit into one request. */
  function takeRequest(first: Waiting): Waiting[] {
    const request = [first];
    let { bytes } = first;
    let count = first.records.length;
    for (let next = queue[0]; next; next = queue[0]) {
      bytes += next.bytes;
      count += next.records.length;
      if (bytes > MAX_REQUEST_BYTES || count > MAX_REQUEST_RECORDS) break;
      request.push(next);
      queue.shift();
    }
    return request;
  }

  /** Sends a request. When the brokers refuse one of its topics, sends each topic by itself, so that only the refused one fails. */
  async function deliver(request: readonly Waiting[]): Promise<void> {
    const topics = new Map<string, Waiting[]>();
    for (const waiting of request) topics.set(waiting.topic, [...(topics.get(waiting.topic) ?? []), waiting]);
    try {
      await send(new Map([...topics].map(([topic, chunks]) => [topic, chunks.flatMap(({ records }) => records)])));
      for (const { done } of request) done.resolve();
    } catch (error) {
      if (topics.size > 1 && !(error instanceof MarqueeError && error.retryable)) {
        for (const chunks of topics.values()) await deliver(chunks);
        return;
      }
      logger.debug({ err: error, topics: [...topics.keys()] }, 'a request to publish failed');
      for (const { done } of request) done.reject(error);
    }
  }

  async function drain(): Promise<void> {
    for (let first = queue.shift(); first; first = queue.shift()) await deliver(takeRequest(first));
    draining = undefined;
  }

  return {
    publish: async (topic: string, records: readonly OutgoingRecord[]): Promise<void> => {
      if (isClosed) throw closed();
      if (!knownTopics.has(topic)) {
        // A producer retries a missing topic as if it were about to exist.
        await administration.checkTopics([topic]);
        knownTopics.add(topic);
      }
      if (isClosed) throw closed();
      // In sequence: when a chunk fails, no later one is in the log.
      for (const chunk of chunksOf(records, { maxBytes: MAX_REQUEST_BYTES, maxRecords: MAX_REQUEST_RECORDS })) {
        const done = Promise.withResolvers<void>();
        queue.push({ topic, ...chunk, done });
        draining ??= drain();
        await done.promise;
      }
    },
    /** Waits for pending requests. */
    close: async (): Promise<void> => {
      isClosed = true;
      await draining;
      await discard();
    },
  };
}
