import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster } from '@marquee/local-services/kafka';
import type { Broker } from '@marquee/local-services/kafka-broker';
import { Bench, until } from '../conformance/harness.ts';
import { consume, startLoad } from '../conformance/load.ts';
import { KAFKA_CLIENTS } from '../kafka-clients.ts';
import { testLogger } from '../postgres-fixture.ts';

let nodes: Broker[] = [];
before(async () => {
  nodes = await startCluster(3);
});
after(() => Promise.all(nodes.map((node) => node.remove())));

// Both clients at the same time: a cluster takes long to start, and each of its brokers is killed once.
it('delivers every acknowledged record in order when the leaders of its partitions die, with each client', {
  timeout: 240_000,
}, async () => {
  const brokers = nodes.flatMap((node) => node.brokers);
  const runs = await Promise.all(
    KAFKA_CLIENTS.map(async ({ client, create }) => {
      const connection = { brokers, clientId: 'test', replication: 3, logger: testLogger(), waitMs: 60_000 };
      const bench = new Bench({ open: (options) => create({ ...connection, ...options }) });
      const topic = await bench.topic(6);
      return { client, bench, load: startLoad(bench, topic), consumed: await consume(bench, topic) };
    }),
  );
  try {
    for (const node of nodes) {
      await sleep(2_000);
      await node.kill();
      const marks = runs.map(({ load }) => load.acknowledged());
      for (const [index, { client, load }] of runs.entries()) {
        const mark = marks[index] ?? 0;
        await until(() => load.acknowledged() > mark, `publishing goes on with ${client}`, 60_000);
      }
      await node.start();
    }
    for (const { client, load, consumed } of runs) {
      const rounds = await load.stop();
      await until(() => consumed.complete(rounds), `all records with ${client}`, 60_000);
      assert.ok(rounds > 0);
      consumed.assertInOrder(rounds);
    }
  } finally {
    for (const { bench } of runs) await bench[Symbol.asyncDispose]();
  }
});
