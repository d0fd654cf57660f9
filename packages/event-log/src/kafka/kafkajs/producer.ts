import { CompressionTypes, type ICustomPartitioner, Partitioners } from 'kafkajs';
import { within } from '../../back-off.ts';
import type { KafkaConnection } from '../connection.ts';
import type { Producer } from '../publisher.ts';
import { createClient } from './client.ts';

/**
 * kafkajs must wait for the cluster itself, since only it can repeat a request with the same sequence numbers. It has more attempts,
 * up to a second apart, than the publisher's time limit allows.
 */
const RETRIES = 1_000;

/**
 * Creates a producer of kafkajs.
 *
 * kafkajs assigns sequence numbers to a request's records when it sends it, and reuses them after a failure: a second request between a
 * failure and its retry could have the numbers of the first. So there is one request at a time.
 *
 * kafkajs resolves a request when every broker that it sent to has acknowledged its part. When the leader of a partition changes
 * meanwhile to a broker that has acknowledged others, the records of that partition are not sent at all. So each partition must be
 * among the acknowledged ones.
 * https://github.com/tulios/kafkajs/issues/1303
 */
export function createProducer(connection: KafkaConnection): Producer {
  const client = createClient(connection, { retries: RETRIES });
  /** Partitions of the records of the request in progress, as `topic/partition`. */
  const requested = new Set<string>();
  const producer = client.kafka.producer({
    idempotent: true,
    maxInFlightRequests: 1,
    allowAutoTopicCreation: false,
    createPartitioner: () => notingPartitioner(requested),
    retry: { retries: RETRIES, initialRetryTime: 100, maxRetryTime: 1_000 },
  });
  return {
    connect: () => producer.connect(),
    send: async (records) => {
      requested.clear();
      const results = await producer.sendBatch({
        acks: -1,
        timeout: 15_000,
        compression: CompressionTypes.GZIP,
        topicMessages: [...records].map(([topic, messages]) => ({
          topic,
          messages: messages.map(({ key, value, headers }) => ({ key, value, headers })),
        })),
      });
      for (const { topicName, partition } of results) requested.delete(`${topicName}/${partition}`);
      if (requested.size > 0) throw new Error(`no broker acknowledged the records of ${[...requested].join(', ')}`);
    },
    close: async () => {
      await within(1_000, producer.disconnect(), () => undefined).catch(() => {});
      client.cut();
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
