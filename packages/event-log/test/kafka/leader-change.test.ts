import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '@marquee/local-services/kafka';
import { createKafkaEventLog } from '../../src/kafka.ts';
import { Bench, range, record, until } from '../conformance/harness.ts';
import { testLogger } from '../postgres-fixture.ts';

const RECORDS_PER_REQUEST = 60;

it('has every acknowledged record after the leaders of its partitions died', { timeout: 180_000 }, async (t) => {
  const nodes = await startCluster(3);
  t.after(() => Promise.all(nodes.map((node) => node.remove())));
  const brokers = nodes.flatMap((node) => node.brokers);
  await using bench = new Bench({
    open: (options) =>
      createKafkaEventLog({
        brokers,
        clientId: 'test',
        replication: 3,
        logger: testLogger(),
        waitMs: 60_000,
        ...options,
      }),
  });
  const topic = await bench.topic(6);
  const acknowledged: string[] = [];
  let isPublishing = true;
  const publishing = (async () => {
    for (let request = 0; isPublishing; request += 1) {
      const values = range(0, RECORDS_PER_REQUEST).map((n) => `${request}-${n}`);
      await bench.log.publish(
        topic,
        values.map((value) => record(value, value)),
      );
      acknowledged.push(...values);
    }
  })();
  for (const node of nodes) {
    await sleep(2_000);
    await node.kill();
    const before = acknowledged.length;
    await until(() => acknowledged.length > before + RECORDS_PER_REQUEST, 'the other brokers take over', 60_000);
    await node.start();
  }
  isPublishing = false;
  await publishing;
  const reader = await bench.subscribe({ topic });
  const ends = await bench.log.endOffsets(topic);
  const end = Number([...ends.values()].reduce((sum, each) => sum + each, 0n));
  await until(() => reader.records.length === end, 'all records are read', 60_000);
  const stored = new Set(reader.values);
  assert.deepEqual(
    acknowledged.filter((value) => !stored.has(value)),
    [],
  );
});
