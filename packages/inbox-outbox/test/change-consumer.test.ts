import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { EventLog, OutgoingRecord, RecordBatch } from '@marquee/event-log/event-log';
import { type EntityChange, encodeChange } from '@marquee/events/change-codec';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { deadLetterTopic } from '@marquee/events/topic';
import type { Pool } from '@marquee/postgres/pool';
import { createContext } from '@marquee/runtime/process';
import PQueue from 'p-queue';
import { Registry } from 'prom-client';
import { applyBatch, type BatchContext } from '../src/apply-batch.ts';
import { type ChangeHandler, changeConsumer } from '../src/change-consumer.ts';
import { listDeadLetters } from '../src/dead-letters.ts';
import { startInbox } from '../src/inbox.ts';
import { createInboxMetrics } from '../src/inbox-metrics.ts';
import { startRelay } from '../src/relay.ts';
import { dropIn, touchIn } from './fixtures/changes.ts';
import { inboxPool, preparedDatabase, silent } from './fixtures/database.ts';
import { openLog } from './fixtures/log-place.ts';
import { minute } from './fixtures/ratings.ts';
import { until } from './fixtures/until.ts';

const TOPIC = MOVIES_CHANGES.name;

function change(id: string, version: number, rest: Partial<EntityChange<'movies'>> = {}): OutgoingRecord {
  const about = { eventId: `event-${id}-${version}`, occurredAt: minute(version), tags: [`movie-${id}`] };
  return encodeChange(MOVIES_CHANGES, {
    ...about,
    ...{ entity: 'Movie', entityId: id, version, change: 'updated', facts: {} },
    ...rest,
  });
}
const deletion = (id: string, version: number) => change(id, version, { change: 'deleted', facts: null });

/** Writes down every change that it is given. */
const writeDown: ChangeHandler<'movies'> = async (tx, changes) => {
  await tx.query(
    `insert into effects (movie_id, observed_at, kind)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[])`,
    [
      changes.map(({ entityId }) => entityId),
      changes.map(({ occurredAt }) => occurredAt),
      changes.map(({ version, change: kind }) => `${version} ${kind}`),
    ],
  );
};

describe('changeConsumer', { timeout: 120_000 }, () => {
  let database: Awaited<ReturnType<typeof preparedDatabase>>;
  let pool: Pool;
  let eventLog: EventLog;
  let context: BatchContext;
  const metrics = new Registry();
  before(async () => {
    database = await preparedDatabase();
    pool = inboxPool(database.inboxUrl);
    eventLog = openLog({ kind: 'postgres', url: database.eventLogUrl }, silent);
    await eventLog.createTopics([deadLetterTopic('test')]);
    context = {
      pool,
      eventLog,
      deadLetterTopic: deadLetterTopic('test').name,
      tracing: undefined,
      group: 'test',
      metrics: createInboxMetrics(metrics),
      logger: silent,
      consumer: changeConsumer(TOPIC, { entities: ['Movie'], handler: writeDown }),
      maxRows: 1_000,
      turns: new PQueue(),
    };
  });
  after(async () => {
    await eventLog.close();
    await pool.end();
    await database.drop();
  });
  beforeEach(async () => {
    for (const table of ['effects', 'inbox_offsets', 'inbox_versions']) await pool.query(`delete from ${table}`);
  });

  function apply(first: number, ...records: OutgoingRecord[]): Promise<void> {
    const batch: RecordBatch = {
      topic: TOPIC,
      partition: 0,
      highWatermark: BigInt(first + records.length),
      records: records.map((record, n) => {
        const place = { topic: TOPIC, partition: 0, offset: BigInt(first + n), timestamp: minute(0) };
        return { ...record, ...place };
      }),
    };
    return applyBatch(context, batch);
  }
  async function effects(): Promise<string[]> {
    const { rows } = await pool.query<{ line: string }>(
      `select movie_id || ' ' || kind as line from effects order by ctid`,
    );
    return rows.map(({ line }) => line);
  }

  test('hands over the latest change of each entity, in the order of the log', async () => {
    await apply(0, change('1', 1), change('2', 1), change('1', 2), deletion('3', 4));
    assert.deepEqual(await effects(), ['2 1 updated', '1 2 updated', '3 4 deleted']);
  });

  test('a change that comes again, or late, has no effect', async () => {
    await apply(0, change('1', 1), deletion('1', 2));
    await apply(2, change('1', 1), deletion('1', 2), change('1', 2));
    await apply(5, change('1', 3), change('1', 1));
    assert.deepEqual(await effects(), ['1 2 deleted', '1 3 updated']);
  });

  test('passes over entities that are not followed', async () => {
    await apply(0, change('1', 1, { entity: 'MovieVotes' }), change('1', 1));
    assert.deepEqual(await effects(), ['1 1 updated']);
    const counts = (await metrics.getSingleMetric('marquee_inbox_records_total')?.get())?.values ?? [];
    const of = (outcome: string) => counts.find(({ labels }) => labels.outcome === outcome)?.value;
    assert.equal(of('ignored'), 1);
    const { rows } = await pool.query('select key from inbox_versions');
    assert.deepEqual(rows, [{ key: 'Movie:1' }]);
    const unread = { ...change('2', 1, { entity: 'MovieVotes' }), value: Buffer.from('{ not JSON') };
    await apply(2, unread, change('MovieVotes', 1));
    assert.deepEqual(await effects(), ['1 1 updated', 'MovieVotes 1 updated'], 'keys alone tell what is passed over');
  });

  test('puts aside what is no change, and goes on', async () => {
    await apply(0, { ...change('1', 1), value: Buffer.from('{}') }, change('2', 1));
    assert.deepEqual(await effects(), ['2 1 updated']);
    const letters = await listDeadLetters({ eventLog, subgraph: 'test', logger: silent });
    assert.deepEqual(
      letters.map(({ topic, code }) => [topic, code]),
      [[TOPIC, 'SCHEMA_INVALID']],
    );
  });

  test('what an outbox tells reaches a follower', async (t) => {
    const ctx = createContext('follower', 'silent');
    t.after(() => ctx.stop());
    const own = inboxPool(database.inboxUrl);
    ctx.onStop('pool', () => own.end());
    await startRelay({ url: database.inboxUrl, schema: 'inbox', topic: MOVIES_CHANGES, eventLog, ctx });
    const follows = { [TOPIC]: { entities: ['Movie' as const], handler: writeDown } };
    await startInbox({ subgraph: 'test', pool: own, eventLog, ctx, topics: {}, follows });
    await touchIn(pool, '1');
    await until(effects, (seen) => seen.length === 1);
    await dropIn(pool, '1');
    await until(effects, (seen) => seen.length === 2);
    assert.deepEqual(await effects(), ['1 1 created', '1 2 deleted']);
  });
});
