import { createPlatformaticEventLog } from '../src/kafka-platformatic.ts';
import { describeKafkaEventLog } from './conformance/kafka.ts';

describeKafkaEventLog('Kafka with @platformatic/kafka', createPlatformaticEventLog);
