import assert from 'node:assert/strict';
import { it } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import type { RecordBatch } from '../../src/event-log.ts';
import { Bench, keyOfEachPartition, numbered, range, unique, until } from '../conformance/harness.ts';
import { KAFKA_CLIENTS } from '../kafka-clients.ts';
import { testLogger } from '../postgres-fixture.ts';

it('hands partitions over between members with either client', { timeout: 90_000 }, async () => {
  const { brokers } = await testBroker();
  const [kafkajs, platformatic] = KAFKA_CLIENTS.map(
    ({ create }) =>
      new Bench({
        open: (options) => create({ brokers, clientId: 'test', replication: 1, logger: testLogger(), ...options }),
      }),
  ) as [Bench, Bench];
  await using first = kafkajs;
  await using second = platformatic;
  const topic = await first.topic(4);
  const group = unique('group');
  const keys = keyOfEachPartition(4);
  const handled = new Map<number, string[]>();
  const running = new Set<number>();
  const handle = async ({ partition, records }: RecordBatch) => {
    assert.ok(!running.has(partition), `two members run partition ${partition}`);
    running.add(partition);
    handled.set(partition, [...(handled.get(partition) ?? []), ...records.map(({ value }) => String(value))]);
    running.delete(partition);
  };
  let published = 0;
  const publishNext = async () => {
    await first.log.publish(
      topic,
      keys.flatMap((key) => numbered(published, published + 5, key)),
    );
    published += 5;
  };
  const isCurrent = () => keys.every((_, partition) => handled.get(partition)?.length === published);

  await publishNext();
  const one = await first.subscribe({ topic, group, handle });
  await until(isCurrent, 'kafkajs reads all partitions');
  const two = await second.subscribe({ topic, group, handle });
  for (const mark = two.records.length; two.records.length === mark; ) {
    await publishNext();
    await until(isCurrent, 'both read');
  }
  await one.subscription.close();
  await publishNext();
  await until(isCurrent, '@platformatic/kafka reads all partitions');
  const three = await first.subscribe({ topic, group, handle });
  for (const mark = three.records.length; three.records.length === mark; ) {
    await publishNext();
    await until(isCurrent, 'kafkajs joins the other');
  }
  for (const values of handled.values()) assert.deepEqual(values, range(0, published).map(String));
});
