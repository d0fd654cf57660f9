import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { type EntityChange, encodeChange } from '@marquee/events/change-codec';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { createContext } from '@marquee/runtime/process';
import { type ChangeHandler, changeConsumer } from '../src/change-consumer.ts';
import { startInbox } from '../src/inbox.ts';
import { startRelay } from '../src/relay.ts';
import { type BatchDatabase, openBatchDatabase } from './fixtures/batches.ts';
import { dropIn, touchIn } from './fixtures/changes.ts';
import { inboxPool } from './fixtures/database.ts';
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
  let database: BatchDatabase;
  before(async () => {
    database = await openBatchDatabase(TOPIC, changeConsumer(TOPIC, { entities: ['Movie'], handler: writeDown }));
  });
  beforeEach(() => database.reset());
  after(() => database?.close());

  async function effects(): Promise<string[]> {
    const { rows } = await database.pool.query<{ line: string }>(
      `select movie_id || ' ' || kind as line from effects order by ctid`,
    );
    return rows.map(({ line }) => line);
  }

  test('hands over the latest change of each entity, in the order of the log', async () => {
    await database.apply(0, change('1', 1), change('2', 1), change('1', 2), deletion('3', 4));
    assert.deepEqual(await effects(), ['2 1 updated', '1 2 updated', '3 4 deleted']);
  });

  test('a change that comes again, or late, has no effect', async () => {
    await database.apply(0, change('1', 1), deletion('1', 2));
    await database.apply(2, change('1', 1), deletion('1', 2), change('1', 2));
    await database.apply(5, change('1', 3), change('1', 1));
    assert.deepEqual(await effects(), ['1 2 deleted', '1 3 updated']);
  });

  test('passes over entities that are not followed', async () => {
    await database.apply(0, change('1', 1, { entity: 'MovieVotes' }), change('1', 1));
    assert.deepEqual(await effects(), ['1 1 updated']);
    const counts = (await database.metrics.getSingleMetric('marquee_inbox_records_total')?.get())?.values ?? [];
    const of = (outcome: string) => counts.find(({ labels }) => labels.outcome === outcome)?.value;
    assert.equal(of('ignored'), 1);
    const { rows } = await database.pool.query('select key from inbox_versions');
    assert.deepEqual(rows, [{ key: 'Movie:1' }]);
    const unread = { ...change('2', 1, { entity: 'MovieVotes' }), value: Buffer.from('{ not JSON') };
    await database.apply(2, unread, change('MovieVotes', 1));
    assert.deepEqual(await effects(), ['1 1 updated', 'MovieVotes 1 updated'], 'keys alone tell what is passed over');
  });

  test('puts aside what is no change, and goes on', async () => {
    await database.apply(0, { ...change('1', 1), value: Buffer.from('{}') }, change('2', 1));
    assert.deepEqual(await effects(), ['2 1 updated']);
    const letters = await database.letters();
    assert.deepEqual(
      letters.map(({ topic, code }) => [topic, code]),
      [[TOPIC, 'SCHEMA_INVALID']],
    );
  });

  test('what an outbox tells reaches a follower', async (t) => {
    const ctx = createContext('follower', 'silent');
    t.after(() => ctx.stop());
    const { pool, options } = database;
    const { eventLog } = options;
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
