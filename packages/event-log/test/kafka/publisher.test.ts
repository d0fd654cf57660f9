import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import kafkajs from 'kafkajs';
import { partitionOf, range, record, unique, until } from '../conformance/harness.ts';
import { KAFKA_CLIENTS } from '../kafka-clients.ts';
import { testLogger } from '../postgres-fixture.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

let brokers: string[];
before(async () => {
  ({ brokers } = await testBroker());
});

for (const { client, create } of KAFKA_CLIENTS) {
  describe(`the publisher with ${client}`, () => {
    it('sends the records of several topics together, and fails only those of a topic that refuses its own', async () => {
      const log = create({ brokers, clientId: 'test', replication: 1, logger: testLogger() });
      const [narrow, wide] = [unique('narrow'), unique('wide')];
      await log.createTopics([narrow, wide].map((name) => ({ name, partitions: 1, compacted: false })));
      await limitRecords(narrow, 1_000);
      const large = { key: Buffer.from('key'), value: randomBytes(2_000), headers: {} };
      try {
        // The first request is under way while the next ones are collected.
        const first = log.publish(wide, [large]);
        const [refused, accepted] = await Promise.allSettled([
          log.publish(narrow, [large]),
          log.publish(wide, [large]),
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

    it('gives a key the partition of the Java client', async () => {
      const log = create({ brokers, clientId: 'test', replication: 1, logger: testLogger() });
      const topic = unique('keys');
      await log.createTopics([{ name: topic, partitions: 12, compacted: false }]);
      const keys = range(0, 1_000).map((n) => `movie-${n}`);
      try {
        await log.publish(
          topic,
          keys.map((key) => record(key, null)),
        );
        const partitions = new Map<string, number>();
        const reader = await log.read({
          name: unique('reader'),
          topic,
          position: (_partition, { first }) => first,
          handle: ({ partition, records }) => {
            for (const { key } of records) partitions.set(String(key), partition);
          },
        });
        await until(() => partitions.size === keys.length, 'all records');
        await reader.close();
        assert.deepEqual(
          keys.map((key) => partitions.get(key)),
          keys.map((key) => partitionOf(key, 12)),
        );
      } finally {
        await log.close();
      }
    });
  });
}

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
