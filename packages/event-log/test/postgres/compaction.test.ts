import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { compactTopic, DEFAULT_RETENTION } from '../../src/postgres/compaction.ts';
import { openDatabase } from '../../src/postgres/database.ts';
import { createTopicRegistry } from '../../src/postgres/topics.ts';
import { createPostgresEventLog } from '../../src/postgres.ts';
import { Bench, type Harness, numbered, range, record, until } from '../conformance/harness.ts';
import { prepareDatabase, testLogger } from '../postgres-fixture.ts';

describe('compaction', () => {
  let server: TestDatabase;
  let pool: Pool;
  let harness: Harness;
  let compact: (topic: string, retention?: typeof DEFAULT_RETENTION) => Promise<void>;
  let closeDatabase: () => Promise<void>;

  before(async () => {
    server = await testDatabase();
    const { url } = await prepareDatabase(server.adminUrl);
    const logger = testLogger();
    harness = { open: (options) => createPostgresEventLog({ url, logger, ...options }) };
    const database = openDatabase(url, logger);
    const topics = createTopicRegistry(database);
    compact = async (topic, retention) => compactTopic(database, await topics.find(topic), retention);
    pool = createPool({ url: server.adminUrl, schema: 'event_log', applicationName: 'test', max: 2 });
    closeDatabase = () => database.pool.end();
  });
  after(async () => {
    await closeDatabase();
    await pool.end();
    await server.drop();
  });

  /** The offsets and values that the table still has, by partition. */
  async function left(topic: string): Promise<string[]> {
    const { rows } = await pool.query<{ line: string }>(
      `select r.partition || '/' || r."offset" || ' ' || convert_from(r.key, 'UTF8') || '=' || coalesce(convert_from(r.value, 'UTF8'), '-') as line
       from event_log.records r join event_log.topics t on t.id = r.topic_id where t.name = $1 order by r.partition, r."offset"`,
      [topic],
    );
    return rows.map(({ line }) => line);
  }

  it('keeps records within the compaction lag of the topic, and what they replace', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1, true);
    await bench.log.createTopics([{ name: topic, partitions: 1, compacted: true, compactionLagMs: 60_000 }]);
    await bench.log.createTopics([{ name: topic, partitions: 1, compacted: true }]);
    await bench.log.publish(topic, [record('a', '1'), record('a', '2'), record('b', '1')]);
    await compact(topic);
    assert.deepEqual(await left(topic), ['0/0 a=1', '0/1 a=2', '0/2 b=1']);
    await pool.query(
      `update event_log.records set "timestamp" = "timestamp" - interval '2 minutes'
       where topic_id = (select id from event_log.topics where name = $1)`,
      [topic],
    );
    await bench.log.publish(topic, [record('a', '3'), record('b', null)]);
    await compact(topic);
    assert.deepEqual(await left(topic), ['0/1 a=2', '0/2 b=1', '0/3 a=3', '0/4 b=-']);
  });

  it('keeps the latest record of each key, at its offset, and tombstones for their time', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1, true);
    await bench.log.publish(topic, [
      record('a', '1'),
      record('b', '1'),
      record('a', '2'),
      record('gone', '1'),
      record('gone', null),
      record('a', '3'),
      record('back', null),
      record('back', '1'),
    ]);
    await compact(topic);
    assert.deepEqual(await left(topic), ['0/1 b=1', '0/4 gone=-', '0/5 a=3', '0/7 back=1']);
    const reader = await bench.subscribe({ topic });
    await until(() => reader.records.length === 4, 'what is left');
    assert.deepEqual(
      reader.records.map(({ offset, value }) => [offset, value === null ? null : String(value)]),
      [
        [1n, '1'],
        [4n, null],
        [5n, '3'],
        [7n, '1'],
      ],
    );
    await compact(topic, { ...DEFAULT_RETENTION, tombstonesMs: 0 });
    assert.deepEqual(await left(topic), ['0/1 b=1', '0/5 a=3', '0/7 back=1']);
    assert.equal((await bench.log.endOffsets(topic)).get(0), 8n, 'the end stays where it was');
  });

  it('goes on where it stood, and finds the records of before that a later stretch replaces', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1, true);
    await bench.log.publish(
      topic,
      range(0, 6_000).map((n) => record(`key-${n}`, '1')),
    );
    await compact(topic);
    assert.equal((await left(topic)).length, 6_000);
    await bench.log.publish(
      topic,
      range(0, 5_999).map((n) => record(`key-${n}`, '2')),
    );
    await compact(topic);
    const lines = await left(topic);
    assert.equal(lines.length, 6_000);
    assert.equal(lines[0], '0/5999 key-5999=1');
    assert.equal(lines[1], '0/6000 key-0=2');
  });

  it('lets a reader pass over the gap at the end of a partition, and be where it should for what comes next', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1, true);
    await bench.log.publish(topic, [record('a', '1'), record('b', '1'), record('b', null)]);
    await compact(topic, { ...DEFAULT_RETENTION, tombstonesMs: 0 });
    assert.deepEqual(await left(topic), ['0/0 a=1']);
    const reader = await bench.subscribe({ topic, maxBatchRecords: 1 });
    await until(() => reader.records.length === 1, 'the one left');
    await bench.log.publish(topic, [record('c', '1')]);
    await until(() => reader.records.length === 2, 'the next');
    assert.deepEqual(reader.offsets, [0, 3]);
  });

  it('may run from several places and under publishing, and loses no latest record', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(2, true);
    const keys = range(0, 20).map((n) => `key-${n}`);
    let isPublishing = true;
    const compacting = Promise.all(
      [1, 2].map(async () => {
        while (isPublishing) await compact(topic, { ...DEFAULT_RETENTION, tombstonesMs: 0 });
      }),
    );
    for (const round of range(0, 25))
      await bench.log.publish(
        topic,
        keys.map((key) => record(key, String(round))),
      );
    isPublishing = false;
    await compacting;
    await compact(topic);
    const lines = await left(topic);
    assert.deepEqual(lines.map((line) => line.split(' ')[1]).sort(), keys.map((key) => `${key}=24`).sort());
  });

  it('deletes the records of a topic that is not compacted by age, and only those', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(1, false);
    await bench.log.publish(topic, numbered(0, 3));
    await compact(topic);
    assert.equal((await left(topic)).length, 3, 'the same key three times: they all stay');
    await pool.query(
      `update event_log.records set "timestamp" = now() - interval '8 days'
       where "offset" < 2 and topic_id = (select id from event_log.topics where name = $1)`,
      [topic],
    );
    await compact(topic);
    assert.deepEqual(await left(topic), ['0/2 key=2']);
    const reader = await bench.subscribe({ topic, position: async () => 0n });
    await until(() => reader.records.length === 1, 'what is left');
    assert.deepEqual(reader.offsets, [2]);
  });
});
