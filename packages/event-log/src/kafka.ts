import type { EventLog } from './event-log.ts';
import { createEventLogWith, type KafkaEventLogOptions } from './kafka/event-log.ts';
import { openClusterAdmin } from './kafka/kafkajs/admin.ts';
import { runConsumer } from './kafka/kafkajs/consumer.ts';
import { createProducer } from './kafka/kafkajs/producer.ts';

/** Creates an event log on Apache Kafka with kafkajs, which connects at its first use and reads as a member of a group only. */
export function createKafkaEventLog(options: KafkaEventLogOptions): EventLog {
  return createEventLogWith(
    { openAdmin: openClusterAdmin, createProducer, runConsumer, runReader: runConsumer },
    options,
  );
}
