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

let brokers: string[];
before(async () => {
  ({ brokers } = await testBroker());
});

describeEventLog('Kafka', { open: (options) => open(brokers, options) });

let broker: Broker | undefined;

/** A broker of its own, which the cases stop. */
async function ownBroker(): Promise<StoppableHarness> {
  broker ??= await startBroker();
  const own = broker;
  return { open: (options) => open(own.brokers, options), stop: () => own.stop(), start: () => own.start() };
}

after(() => broker?.remove());

const closedPort = await freePort();
describeOutages('Kafka', ownBroker, () => open([`127.0.0.1:${closedPort}`], { waitMs: 1_500 }));
