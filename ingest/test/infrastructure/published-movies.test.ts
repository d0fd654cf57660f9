import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import type { EventLog } from '@marquee/event-log/event-log';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { testBroker } from '@marquee/local-services/kafka';
import { createLogger } from '@marquee/runtime/logger';
import { createPublishedMovies } from '../../src/infrastructure/published-movies.ts';
import { testEventLog } from '../test-event-log.ts';

const unique = (name: string) => `test-${name}-${randomBytes(6).toString('hex')}`;

async function kafka(t: TestContext): Promise<EventLog> {
  const { brokers } = await testBroker();
  const clientId = unique('client');
  const eventLog = createKafkaEventLog({ brokers, clientId, replication: 1, logger: createLogger('test', 'silent') });
  t.after(() => eventLog.close());
  return eventLog;
}

const EVENT_LOGS = { Kafka: kafka, Postgres: async (t: TestContext) => (await testEventLog(t)).eventLog };

function record(movieId: number, value: string | null) {
  return { key: Buffer.from(String(movieId)), value: value === null ? null : Buffer.from(value), headers: {} };
}

async function newTopic(eventLog: EventLog, partitions = 6): Promise<string> {
  const name = unique('movies');
  await eventLog.createTopics([{ name, partitions, compacted: true }]);
  return name;
}

for (const [name, open] of Object.entries(EVENT_LOGS)) {
  test(`${name}: a movie is published while its latest record has a value`, async (t) => {
    const eventLog = await open(t);
    const topic = await newTopic(eventLog);
    await eventLog.publish(topic, [record(603, 'a'), record(550, 'b'), record(13, null), record(7, 'c')]);
    await eventLog.publish(topic, [record(550, null), record(13, 'd'), record(7, 'e')]);
    const isPublished = createPublishedMovies(eventLog, topic);
    const ids = ['603', '550', '13', '7', '99', '60'];
    assert.deepEqual(await Promise.all(ids.map(isPublished)), [true, false, true, true, false, false]);
  });

  test(`${name}: an empty topic has no movies`, async (t) => {
    const eventLog = await open(t);
    assert.equal(await createPublishedMovies(eventLog, await newTopic(eventLog))('603'), false);
  });
}

test('Kafka: thousands of movies are read once', async (t) => {
  const eventLog = await kafka(t);
  const topic = await newTopic(eventLog, 3);
  const all = Array.from({ length: 5_000 }, (_, index) => record(index + 1, 'x'.repeat(100)));
  await eventLog.publish(topic, all);
  let subscriptions = 0;
  const counting: EventLog = {
    ...eventLog,
    subscribe: (options) => {
      subscriptions += 1;
      return eventLog.subscribe(options);
    },
  };
  const isPublished = createPublishedMovies(counting, topic);
  assert.deepEqual(await Promise.all(['1', '5000', '5001'].map(isPublished)), [true, true, false]);
  assert.deepEqual([await isPublished('2500'), subscriptions], [true, 1]);
});

test('Kafka: a topic that is larger than the limits, or not there, leaves it open, with the reason', async (t) => {
  const eventLog = await kafka(t);
  const topic = await newTopic(eventLog, 2);
  // Two partitions, each with more than the limit.
  const all = Array.from({ length: 2_000 }, (_, index) => record(index + 1, 'x'.repeat(1_000)));
  await eventLog.publish(topic, all);
  const reasons: string[] = [];
  const undetermined = (reason: string) => void reasons.push(reason);
  const cases = [
    createPublishedMovies(eventLog, topic, undetermined, { bytes: 10_000, ms: 20_000 }),
    createPublishedMovies(eventLog, topic, undetermined, { bytes: 1e9, ms: 1 }),
    createPublishedMovies(eventLog, unique('nowhere'), undetermined),
  ];
  for (const isPublished of cases)
    assert.deepEqual([await isPublished('1'), await isPublished('2')], [undefined, undefined]);
  assert.equal(reasons.length, 3);
  assert.match(reasons[0] ?? '', /not read to its end within 10000 bytes/);
  assert.match(reasons[1] ?? '', /not read to its end within 1 ms/);
  assert.match(reasons[2] ?? '', /has no topic "test-nowhere/);
});
