import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { testBroker } from '@marquee/local-services/kafka';
import { createMetrics } from '@marquee/runtime/metrics';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import { Bench, type Harness, numbered, unique, until } from '../conformance/harness.ts';
import { KAFKA_CLIENTS } from '../kafka-clients.ts';
import { testLogger } from '../postgres-fixture.ts';

let brokers: string[];
let kafka: Kafka;
before(async () => {
  ({ brokers } = await testBroker());
  kafka = new Kafka({ clientId: 'test', brokers, logLevel: logLevel.NOTHING });
});
async function withAdmin<T>(work: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Transactions that commit and abort: each leaves a control record, and the aborted one records that nobody may see. */
async function publishTransactions(topic: string): Promise<void> {
  const producer = kafka.producer({
    idempotent: true,
    transactionalId: unique('tx'),
    maxInFlightRequests: 1,
    createPartitioner: () => () => 0,
  });
  await producer.connect();
  for (const [value, ending] of [
    ['a', 'commit'],
    ['b', 'abort'],
    ['c', 'commit'],
    ['d', 'abort'],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({
      topic,
      messages: [
        { key: 'key', value: `${value}1` },
        { key: 'key', value: `${value}2` },
      ],
    });
    await transaction[ending]();
  }
  await producer.disconnect();
}

describe('Kafka subscriptions', { concurrency: true }, () => {
  for (const { client, create } of KAFKA_CLIENTS) {
    describe(`the subscription with ${client}`, { concurrency: true }, () => {
      const harness: Harness = {
        open: (options) => create({ brokers, clientId: 'test', replication: 1, logger: testLogger(), ...options }),
      };

      it('passes over control records and aborted records, wherever a batch begins', async () => {
        await using bench = new Bench(harness);
        const topic = await bench.topic(1);
        await publishTransactions(topic);
        const end = (await bench.log.endOffsets(topic)).get(0);
        assert.equal(end, 12n, 'eight records and four markers');
        for (const [at, expected] of [
          [undefined, ['a1', 'a2', 'c1', 'c2']],
          [1n, ['a2', 'c1', 'c2']],
          [2n, ['c1', 'c2']],
          [9n, []],
          [12n, []],
        ] as const) {
          const next = { value: at as bigint | undefined };
          const reader = await bench.subscribe({
            topic,
            group: unique('group'),
            maxBatchRecords: 1,
            position: async () => next.value,
          });
          await until(() => reader.records.length >= expected.length, `${expected.length} records from ${at}`);
          await bench.log.publish(topic, numbered(0, 1, 'later'));
          await until(
            () =>
              reader.values.filter((value) => value !== '0').length === expected.length && reader.values.includes('0'),
            'and what comes later',
          );
          assert.deepEqual(
            reader.values.filter((value) => value !== '0'),
            expected,
          );
          await reader.subscription.close();
        }
      });

      it('goes on with the first record left when the one at the position was deleted, and counts the loss', async () => {
        const metrics = createMetrics('test');
        await using bench = new Bench(harness, { metrics });
        const topic = await bench.topic(1);
        await bench.log.publish(topic, numbered(0, 10));
        await withAdmin(async (admin) => {
          await admin.fetchTopicOffsets(topic); // deleteTopicRecords relies on the metadata that this loads
          await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] });
        });
        const reader = await bench.subscribe({ topic, position: async () => 2n });
        await until(() => reader.records.length === 4, 'what is left');
        assert.deepEqual(reader.offsets, [6, 7, 8, 9]);
        assert.match(await metrics.metrics(), /^marquee_event_log_lost_records_total\{.*\} 4$/m);
      });

      it('keeps its partitions while a handler takes longer than a session', { timeout: 40_000 }, async () => {
        await using bench = new Bench(harness);
        const topic = await bench.topic(1);
        const group = unique('group');
        await bench.log.publish(topic, numbered(0, 2));
        let asked = 0;
        const position = async () => {
          asked++;
          return undefined;
        };
        const reader = await bench.subscribe({
          topic,
          group,
          maxBatchRecords: 1,
          position,
          handle: () => sleep(12_000),
        });
        await until(() => reader.running.size === 1, 'the handler runs');
        await sleep(11_500);
        const { members, state } = await withAdmin(
          async (admin) => (await admin.describeGroups([group])).groups[0] ?? assert.fail(),
        );
        assert.deepEqual([members.length, state], [1, 'Stable']);
        await until(() => reader.records.length >= 1, 'the handler is through');
        assert.equal(asked, 1, 'the partition was assigned once');
        reader.subscription.pause();
      });

      it('commits the offset of what was handled to the group', async () => {
        await using bench = new Bench(harness);
        const topic = await bench.topic(1);
        const group = unique('group');
        await bench.log.publish(topic, numbered(0, 5));
        const reader = await bench.subscribe({ topic, group });
        await until(() => reader.records.length === 5, 'all records');
        await reader.subscription.close();
        const [offsets] = await withAdmin((admin) => admin.fetchOffsets({ groupId: group, topics: [topic] }));
        assert.deepEqual(
          offsets?.partitions.map(({ offset }) => offset),
          ['5'],
        );
      });

      it('reports that it gave up when its topic stays deleted', { timeout: 180_000 }, async () => {
        await using bench = new Bench(harness);
        const topic = await bench.topic(1);
        await bench.log.publish(topic, numbered(0, 1));
        const reader = await bench.subscribe({ topic });
        await until(() => reader.records.length === 1, 'the record');
        await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
        const error = await reader.subscription.ended;
        assert.equal(error?.code, 'CRASHED');
        assert.match(error.message, new RegExp(`no topic "${topic}"`));
        await reader.subscription.close();
      });

      it('comes back after an error that a client takes for final', { timeout: 60_000 }, async () => {
        await using bench = new Bench(harness);
        const topic = await bench.topic(1);
        await bench.log.publish(topic, numbered(0, 3));
        let at = 0n;
        const reader = await bench.subscribe({ topic, position: async () => at });
        await until(() => reader.records.length === 3, 'all records');
        await withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
        await sleep(3_000);
        at = 0n;
        await bench.log.createTopics([{ name: topic, partitions: 1, compacted: false }]);
        await using other = new Bench(harness);
        await other.log.publish(topic, numbered(3, 5));
        await until(() => reader.records.length === 5, 'the records of the new topic', 40_000);
        assert.deepEqual(reader.values, ['0', '1', '2', '3', '4']);
      });
    });
  }
});
