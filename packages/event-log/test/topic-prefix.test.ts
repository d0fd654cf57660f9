import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { testBroker } from '@marquee/local-services/kafka';
import { createLogger } from '@marquee/runtime/logger';
import type { EventLog, LogRecord, ReadBatch } from '../src/event-log.ts';
import { createKafkaEventLog } from '../src/kafka.ts';
import { withTopicPrefix } from '../src/topic-prefix.ts';

const { brokers } = await testBroker();
const run = randomBytes(4).toString('hex');

/** The first record that a group sees from the beginning, and what it was asked the position of. */
async function firstRecord(eventLog: EventLog): Promise<{ record: LogRecord; topic: string; asked: string }> {
  const seen = Promise.withResolvers<{ record: LogRecord; topic: string; asked: string }>();
  let asked = '';
  const subscription = await eventLog.subscribe({
    group: 'readers',
    topics: ['movies'],
    position: async (topic) => {
      asked = topic;
      return 0n;
    },
    handle: async ({ topic, records: [record] }) => {
      if (record) seen.resolve({ record, topic, asked });
    },
  });
  try {
    return await seen.promise;
  } finally {
    await subscription.close();
  }
}

test('two installations on one cluster keep apart, and neither sees its prefix', { timeout: 60_000 }, async (t) => {
  const logger = createLogger('test', 'silent');
  const shared = createKafkaEventLog({ brokers, clientId: 'test', replication: 1, logger });
  t.after(() => shared.close());
  const installations = ['one', 'two'].map((name) => ({ name, eventLog: withTopicPrefix(shared, `${run}-${name}.`) }));
  for (const { name, eventLog } of installations) {
    await eventLog.createTopics([{ name: 'movies', partitions: 1, compacted: true }]);
    await eventLog.publish('movies', [{ key: Buffer.from('603'), value: Buffer.from(name), headers: {} }]);
  }
  for (const { name, eventLog } of installations) {
    assert.deepEqual(await eventLog.endOffsets('movies'), new Map([[0, 1n]]));
    const { record, topic, asked } = await firstRecord(eventLog);
    assert.equal(String(record.value), name);
    assert.deepEqual([topic, record.topic, asked], ['movies', 'movies', 'movies']);
    const read = Promise.withResolvers<ReadBatch>();
    const reader = await eventLog.read({ name: 'r', topic: 'movies', position: () => 0n, handle: read.resolve });
    const batch = await read.promise;
    await reader.close();
    assert.deepEqual(
      [batch.topic, batch.records[0]?.topic, String(batch.records[0]?.value)],
      ['movies', 'movies', name],
    );
  }
});
