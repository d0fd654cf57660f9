import { CompressionAlgorithms, compatibilityPartitioner, ProduceAcks, Producer } from '@platformatic/kafka';
import type { KafkaConnection } from '../connection.ts';
import type { Producer as KafkaProducer } from '../publisher.ts';
import { clientOptions, closeClient } from './client.ts';

/**
 * Repetitions of a request with the same sequence numbers, about 4 s. The client repeats the records of several partitions at the leader
 * of the first of them, even after their leaders have become different brokers. So it gives up, and the publisher sends the records again
 * with the next producer.
 */
const RETRIES = 10;
const retryDelay = (_client: object, _operation: string, attempt: number) => Math.min(50 * 2 ** attempt, 500);

/** Creates an idempotent producer with the partitioner of Kafka's Java client. */
export function createProducer(connection: KafkaConnection): KafkaProducer {
  const producer = new Producer({
    ...clientOptions(connection),
    idempotent: true,
    acks: ProduceAcks.ALL,
    timeout: 15_000,
    compression: CompressionAlgorithms.GZIP,
    partitioner: compatibilityPartitioner,
    retries: RETRIES,
    retryDelay,
  });
  return {
    connect: async () => void (await producer.metadata({ topics: [], retries: 0 })),
    send: async (records) => {
      await producer.send({ messages: [...records].flatMap(([topic, messages]) => messages.map(toMessage(topic))) });
    },
    close: () => closeClient(producer, () => producer.close(true), 1_000),
  };
}

function toMessage(topic: string) {
  return ({ key, value, headers }: { key: Buffer; value: Buffer | null; headers: Record<string, string> }) => ({
    topic,
    key,
    // The type lacks null, which makes a tombstone.
    value: value as Buffer,
    headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text)])),
  });
}
