import assert from 'node:assert/strict';
import { after } from 'node:test';
import { createKafkaEventLog } from '../src/kafka.ts';
import { describeKafkaEventLog } from './conformance/kafka.ts';

// Of Node, such as the ones that kafkajs' timers cause when they are left alone.
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
after(() => assert.deepEqual(warnings, []));

describeKafkaEventLog('Kafka with kafkajs', createKafkaEventLog);
