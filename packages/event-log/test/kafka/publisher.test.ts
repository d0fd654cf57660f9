import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, it } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import kafkajs from 'kafkajs';
import { createKafkaEventLog } from '../../src/kafka.ts';
import { unique } from '../conformance/harness.ts';
import { testLogger } from '../postgres-fixture.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

let brokers: string[];
before(async () => {
  ({ brokers } = await testBroker());
});

it('sends the records of several topics together, and fails only those of a topic that refuses its own', async () => {
  const log = createKafkaEventLog({ brokers, clientId: 'test', replication: 1, logger: testLogger() });
  const [narrow, wide] = [unique('narrow'), unique('wide')];
  await log.createTopics([narrow, wide].map((name) => ({ name, partitions: 1, compacted: false })));
  await limitRecords(narrow, 1_000);
  const record = { key: Buffer.from('key'), value: randomBytes(2_000), headers: {} };
  try {
    // The first request is under way while the next ones are collected.
    const first = log.publish(wide, [record]);
    const [refused, accepted] = await Promise.allSettled([
      log.publish(narrow, [record]),
      log.publish(wide, [record]),
      first,
    ]);
    assert.equal(refused.status === 'rejected' && refused.reason.code, 'RECORD_TOO_LARGE');
    assert.match(String(refused.status === 'rejected' && refused.reason.message), new RegExp(narrow));
    assert.equal(accepted.status, 'fulfilled');
    assert.equal((await log.endOffsets(narrow)).get(0), 0n);
    assert.ok(((await log.endOffsets(wide)).get(0) ?? 0n) >= 2n);
  } finally {
    await log.close();
  }
});

async function limitRecords(topic: string, bytes: number): Promise<void> {
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [
        {
          type: ConfigResourceTypes.TOPIC,
          name: topic,
          configEntries: [{ name: 'max.message.bytes', value: String(bytes) }],
        },
      ],
    });
  } finally {
    await admin.disconnect();
  }
}
