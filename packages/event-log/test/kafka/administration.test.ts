import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import kafkajs from 'kafkajs';
import { unique } from '../conformance/harness.ts';
import { KAFKA_CLIENTS } from '../kafka-clients.ts';
import { testLogger } from '../postgres-fixture.ts';

const { ConfigResourceTypes, Kafka, logLevel } = kafkajs;

let brokers: string[];
before(async () => {
  ({ brokers } = await testBroker());
});

for (const { client, create } of KAFKA_CLIENTS) {
  describe(`administration with ${client}`, () => {
    it('creates topics with the partitions, the replication and the clean-up policy that were asked for', async () => {
      const log = create({ brokers, clientId: 'test', replication: 1, logger: testLogger() });
      const [compacted, plain] = [unique('compacted'), unique('plain')];
      await log.createTopics([
        { name: compacted, partitions: 5, compacted: true },
        { name: plain, partitions: 2, compacted: false },
      ]);
      await log.close();
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        const { topics } = await admin.fetchTopicMetadata({ topics: [compacted, plain] });
        const shapes = topics.map(({ name, partitions }) => [name, partitions.map(({ replicas }) => replicas.length)]);
        assert.deepEqual(
          new Map(shapes as [string, number[]][]),
          new Map([
            [compacted, [1, 1, 1, 1, 1]],
            [plain, [1, 1]],
          ]),
        );
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [compacted, plain].map((name) => ({
            type: ConfigResourceTypes.TOPIC,
            name,
            configNames: ['cleanup.policy'],
          })),
        });
        const policies = resources.map(({ resourceName, configEntries }) => [
          resourceName,
          configEntries[0]?.configValue,
        ]);
        assert.deepEqual(Object.fromEntries(policies), { [compacted]: 'compact', [plain]: 'delete' });
      } finally {
        await admin.disconnect();
      }
    });

    it('creates a topic with its compaction lag', async () => {
      const log = create({ brokers, clientId: 'test', replication: 1, logger: testLogger() });
      const name = unique('lagging');
      const definition = { name, partitions: 1, compacted: true };
      await log.createTopics([{ ...definition, compactionLagMs: 86_400_000 }]);
      await log.createTopics([definition, { ...definition, compactionLagMs: 90_000_000 }]);
      await log.close();
      const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
      await admin.connect();
      try {
        const configNames = ['min.compaction.lag.ms'];
        const { resources } = await admin.describeConfigs({
          includeSynonyms: false,
          resources: [{ type: ConfigResourceTypes.TOPIC, name, configNames }],
        });
        assert.equal(resources[0]?.configEntries[0]?.configValue, '86400000');
      } finally {
        await admin.disconnect();
      }
    });

    it('says that more replicas were asked for than there are brokers', async () => {
      const log = create({ brokers, clientId: 'test', replication: 30, logger: testLogger(), waitMs: 1_000 });
      await assert.rejects(log.createTopics([{ name: unique('topic'), partitions: 1, compacted: false }]), {
        code: 'EVENT_LOG_FAILED',
        message: /[Rr]eplication/,
      });
      await log.close();
    });
  });
}
