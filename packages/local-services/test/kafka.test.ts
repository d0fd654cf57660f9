import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { isPortFree } from '../src/free-port.ts';
import { startBroker, testBroker } from '../src/kafka.ts';
import type { Broker } from '../src/kafka-broker.ts';

let broker: Broker;
before(async () => {
  broker = await startBroker();
});
after(() => broker?.remove());

function kafka(brokers: string[]): Kafka {
  return new Kafka({
    brokers,
    clientId: 'test',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 1_000,
    retry: { retries: 3 },
  });
}

async function lastOffset(topic: string): Promise<string | undefined> {
  const admin = kafka(broker.brokers).admin();
  await admin.connect();
  try {
    return (await admin.fetchTopicOffsets(topic))[0]?.high;
  } finally {
    await admin.disconnect();
  }
}

for (const how of ['stop', 'kill'] as const) {
  test(`a broker that goes away by ${how} comes back on the same port with the same records`, async () => {
    const topic = `kept-${randomUUID()}`;
    const admin = kafka(broker.brokers).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1 }] });
    await admin.disconnect();
    const producer = kafka(broker.brokers).producer();
    await producer.connect();
    await producer.send({
      topic,
      messages: [
        { key: '603', value: 'one' },
        { key: '603', value: null },
      ],
    });
    await producer.disconnect();

    await broker[how]();
    await assert.rejects(lastOffset(topic));
    await broker.start();
    assert.equal(await lastOffset(topic), '2');
  });
}

test('a topic has to be made: asking for one does not make it', async () => {
  const topic = `absent-${randomUUID()}`;
  const admin = kafka(broker.brokers).admin();
  await admin.connect();
  await assert.rejects(admin.fetchTopicMetadata({ topics: [topic] }), /does not host|UNKNOWN_TOPIC/i);
  assert.ok(!(await admin.listTopics()).includes(topic));
  await admin.disconnect();
});

test('KAFKA_BROKERS is used as it is', async (t) => {
  const before = process.env.KAFKA_BROKERS;
  t.after(() => {
    if (before === undefined) delete process.env.KAFKA_BROKERS;
    else process.env.KAFKA_BROKERS = before;
  });
  process.env.KAFKA_BROKERS = 'one:9092, two:9092';
  assert.deepEqual(await testBroker(), { brokers: ['one:9092', 'two:9092'] });
});

test('without Java and Docker the error tells the three ways', async () => {
  const script = `import { startBroker } from ${JSON.stringify(new URL('../src/kafka.ts', import.meta.url).href)};
    await startBroker().catch((error) => console.log(JSON.stringify([error.code, error.message])));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: '/nowhere' },
  });
  const [chunk] = await once(child.stdout, 'data');
  const [code, message] = JSON.parse(String(chunk));
  assert.equal(code, 'NO_BROKER');
  for (const way of [/KAFKA_BROKERS/, /Java 17 or later and Maven/, /Docker/]) assert.match(message, way);
});

test('a process that is killed leaves no broker', async () => {
  const script = `import { testBroker } from ${JSON.stringify(new URL('../src/kafka.ts', import.meta.url).href)};
    console.log(JSON.stringify((await testBroker()).brokers));
    setInterval(() => {}, 1000);`;
  const { KAFKA_BROKERS: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  const [chunk] = await once(child.stdout, 'data');
  const port = Number(JSON.parse(String(chunk))[0].split(':')[1]);
  assert.equal(await isPortFree(port), false);
  child.kill('SIGKILL');
  for (let tries = 0; tries < 100 && !(await isPortFree(port)); tries++) await sleep(50);
  assert.equal(await isPortFree(port), true);
});
