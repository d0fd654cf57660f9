import { createKafkaEventLog } from '../src/kafka.ts';
import { createPlatformaticEventLog } from '../src/kafka-platformatic.ts';

/** The adapter with each client, by the values of KAFKA_CLIENT. */
export const KAFKA_CLIENTS = [
  { client: 'kafkajs', create: createKafkaEventLog },
  { client: 'platformatic', create: createPlatformaticEventLog },
] as const;
