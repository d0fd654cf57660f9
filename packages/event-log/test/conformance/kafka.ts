import { randomBytes } from 'node:crypto';
import { after, before } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { startBroker, testBroker } from '@marquee/local-services/kafka';
import type { Broker } from '@marquee/local-services/kafka-broker';
import type { EventLog } from '../../src/event-log.ts';
import type { KafkaEventLogOptions } from '../../src/kafka/event-log.ts';
import { testLogger } from '../postgres-fixture.ts';
import { describeEventLog } from './cases.ts';
import type { StoppableHarness } from './harness.ts';
import { describeOutages } from './outage.ts';

/** Tests the adapter with one client on a real broker. */
export function describeKafkaEventLog(name: string, create: (options: KafkaEventLogOptions) => EventLog): void {
  const logger = testLogger();
  const open = (brokers: readonly string[], options: Partial<KafkaEventLogOptions> = {}) =>
    create({ brokers, clientId: `test-${randomBytes(4).toString('hex')}`, replication: 1, logger, ...options });

  let broker: Broker | undefined;
  let brokers: string[];
  let closedPort: number;
  before(async () => {
    // Without one that is given, the broker that the outages need serves for everything.
    brokers = process.env.KAFKA_BROKERS ? (await testBroker()).brokers : (await ownBroker()).brokers;
    closedPort = await freePort();
  });
  after(() => broker?.remove());

  describeEventLog(name, { open: (options) => open(brokers, options) });

  /** A broker of its own, which the cases stop. */
  async function ownBroker(): Promise<Broker> {
    broker ??= await startBroker();
    return broker;
  }

  async function stoppable(): Promise<StoppableHarness> {
    const own = await ownBroker();
    return { open: (options) => open(own.brokers, options), stop: own.stop, start: own.start };
  }

  describeOutages(name, stoppable, () => open([`127.0.0.1:${closedPort}`], { waitMs: 1_500 }));
}
