import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { startBroker, testBroker } from '@marquee/local-services/kafka';
import type { Broker } from '@marquee/local-services/kafka-broker';
import { createKafkaEventLog, type KafkaEventLogOptions } from '../src/kafka.ts';
import { describeEventLog } from './conformance/cases.ts';
import type { StoppableHarness } from './conformance/harness.ts';
import { describeOutages } from './conformance/outage.ts';
import { testLogger } from './postgres-fixture.ts';

const logger = testLogger();
const open = (brokers: readonly string[], options: Partial<KafkaEventLogOptions> = {}) =>
  createKafkaEventLog({
    brokers,
    clientId: `test-${randomBytes(4).toString('hex')}`,
    replication: 1,
    logger,
    ...options,
  });

// Of Node, such as the ones that kafkajs' timers cause when they are left alone.
const warnings: Error[] = [];
process.on('warning', (warning) => warnings.push(warning));
after(() => assert.deepEqual(warnings, []));

let broker: Broker | undefined;
let brokers: string[];
before(async () => {
  // Without one that is given, the broker that the outages need serves for everything.
  brokers = process.env.KAFKA_BROKERS ? (await testBroker()).brokers : (await ownBroker()).brokers;
});

describeEventLog('Kafka', { open: (options) => open(brokers, options) });

/** A broker of its own, which the cases stop. */
async function ownBroker(): Promise<Broker> {
  broker ??= await startBroker();
  return broker;
}

async function stoppable(): Promise<StoppableHarness> {
  const own = await ownBroker();
  return { open: (options) => open(own.brokers, options), stop: own.stop, start: own.start };
}

after(() => broker?.remove());

const closedPort = await freePort();
describeOutages('Kafka', stoppable, () => open([`127.0.0.1:${closedPort}`], { waitMs: 1_500 }));
