import type { EventLog } from './event-log.ts';
import { createEventLogWith, type KafkaEventLogOptions } from './kafka/event-log.ts';
import { openAdmin } from './kafka/platformatic/admin.ts';
import { runConsumer, runReader } from './kafka/platformatic/consumer.ts';
import { createProducer } from './kafka/platformatic/producer.ts';

/** Creates an event log on Apache Kafka with @platformatic/kafka, which connects at its first use. */
export function createPlatformaticEventLog(options: KafkaEventLogOptions): EventLog {
  return createEventLogWith({ openAdmin, createProducer, runConsumer, runReader }, options);
}
