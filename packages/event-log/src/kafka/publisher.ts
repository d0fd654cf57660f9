import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import { CompressionTypes, type ICustomPartitioner, Partitioners, type Producer } from 'kafkajs';
import { backOff, sleep, within } from '../back-off.ts';
import type { OutgoingRecord } from '../event-log.ts';
import { closed } from '../event-log-error.ts';
import { chunksOf, type RecordChunk } from '../record-chunks.ts';
import type { KafkaAdministration } from './administration.ts';
import { createClient, DEFAULT_WAIT_MS, type KafkaClient, type KafkaConnection } from './client.ts';
import { toEventLogError } from './kafka-error.ts';

/**
 * kafkajs must wait for the cluster itself, since only it can repeat a request with the same sequence numbers. It has more attempts,
 * up to a second apart, than the time limit allows.
 */
const RETRIES = 1_000;
/** Brokers refuse a compressed batch over 1,048,588 bytes (message.max.bytes); before compression this is safe. */
const MAX_REQUEST_BYTES = 900_000;
const MAX_REQUEST_RECORDS = 10_000;

interface Waiting extends RecordChunk {
  topic: string;
  done: PromiseWithResolvers<void>;
}

interface OpenProducer {
  client: KafkaClient;
  producer: Producer;
  /** Partitions of the records of the request in progress, as `topic/partition`. */
  requested: Set<string>;
}

/**
 * Publishes through one idempotent producer, one request at a time.
 *
 * kafkajs assigns sequence numbers to a request's records when it sends it, and reuses them after a failure. A second request between a
 * failure and its retry, or after an abandoned one, could have the numbers of the first: the broker would treat it as a repetition, and
 * acknowledge it without storing it. So nothing is sent while a request is retried, and a producer that abandoned one is never used
 * again: the next has a new producer id.
 * https://kafka.apache.org/documentation/#semantics
 *
 * kafkajs resolves a request when every broker that it sent to has acknowledged its part. When the leader of a partition changes
 * meanwhile to a broker that has acknowledged others, the records of that partition are not sent at all. So each partition must be
 * among the acknowledged ones, or else the next producer sends the request again.
 * https://github.com/tulios/kafkajs/issues/1303
 *
 * Records that are published during a request are sent together in the next one.
 */
export function createPublisher(connection: KafkaConnection, administration: KafkaAdministration) {
  const { brokers, logger, waitMs = DEFAULT_WAIT_MS } = connection;
  const knownTopics = new Set<string>();
  const queue: Waiting[] = [];
  let open: OpenProducer | undefined;
  let draining: Promise<void> | undefined;
  let isClosed = false;

  async function connect(deadline: number): Promise<OpenProducer> {
    if (open) return open;
    const delays = backOff(100, 1_000);
    for (;;) {
      const client = createClient(connection, { retries: RETRIES });
      const requested = new Set<string>();
      const producer = client.kafka.producer({
        idempotent: true,
        maxInFlightRequests: 1,
        allowAutoTopicCreation: false,
        createPartitioner: () => notingPartitioner(requested),
        retry: { retries: RETRIES, initialRetryTime: 100, maxRetryTime: 1_000 },
      });
      try {
        await within(deadline - Date.now(), producer.connect(), () => new Error('no answer'));
        open = { client, producer, requested };
        return open;
      } catch (cause) {
        client.cut();
        const error = toEventLogError(cause, brokers);
        const delayMs = delays.next();
        if (!error.retryable || Date.now() + delayMs >= deadline) throw error;
        await sleep(delayMs);
      }
    }
  }

  async function discard(): Promise<void> {
    if (!open) return;
    const { client, producer } = open;
    open = undefined;
    await within(1_000, producer.disconnect(), () => undefined).catch(() => {});
    client.cut();
  }

  /**
   * Sends records until they are durable or the time is over. When kafkajs gives up early, as for some transient errors, the next
   * producer sends the records again: they may then be in the log twice in a row.
   */
  async function send(records: ReadonlyMap<string, readonly OutgoingRecord[]>): Promise<void> {
    const topics = [...records.keys()];
    const topicMessages = [...records].map(([topic, messages]) => ({
      topic,
      messages: messages.map(({ key, value, headers }) => ({ key, value, headers })),
    }));
    const deadline = Date.now() + waitMs;
    const delays = backOff(100, 1_000);
    for (;;) {
      const { producer, requested } = await connect(deadline);
      requested.clear();
      const request = producer.sendBatch({
        acks: -1,
        timeout: 15_000,
        compression: CompressionTypes.GZIP,
        topicMessages,
      });
      try {
        const results = await within(deadline - Date.now(), request, () => new Error(`no answer in ${waitMs} ms`));
        for (const { topicName, partition } of results) requested.delete(`${topicName}/${partition}`);
        if (requested.size > 0) throw new Error(`no broker acknowledged the records of ${[...requested].join(', ')}`);
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
        // kafkajs retries a missing topic as if it were about to exist.
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

/** Returns Kafka's default partitioner, which adds each partition that it chooses to a set. */
function notingPartitioner(chosen: Set<string>): ReturnType<ICustomPartitioner> {
  const choose = Partitioners.DefaultPartitioner();
  return (args) => {
    const partition = choose(args);
    chosen.add(`${args.topic}/${partition}`);
    return partition;
  };
}
