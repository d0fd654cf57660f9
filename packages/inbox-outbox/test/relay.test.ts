import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@marquee/event-log/event-log';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { testBroker } from '@marquee/local-services/kafka';
import { inTransaction } from '@marquee/postgres/transaction';
import { createContext, type ProcessContext } from '@marquee/runtime/process';
import { type RelayOptions, startRelay } from '../src/relay.ts';
import { drop, dropIn, pendingOf, reading, touch, touchIn } from './fixtures/changes.ts';
import { inboxPool, preparedDatabase, silent } from './fixtures/database.ts';
import { type LogPlace, openLog } from './fixtures/log-place.ts';
import { until } from './fixtures/until.ts';

/** An outbox and a log of their own. */
async function stage(t: TestContext, kind: LogPlace['kind']) {
  const database = await preparedDatabase();
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const place: LogPlace =
    kind === 'postgres' ? { kind, url: database.eventLogUrl } : { kind, brokers: (await testBroker()).brokers, prefix };
  const pool = inboxPool(database.inboxUrl, { max: 20 });
  const eventLog = openLog(place, silent);
  await eventLog.createTopics([MOVIES_CHANGES]);
  const log = await reading(eventLog);
  const contexts: ReturnType<typeof createContext>[] = [];
  t.after(async () => {
    for (const ctx of contexts) await ctx.stop();
    await log.close();
    await eventLog.close();
    await pool.end();
    await database.drop();
  });
  return {
    pool,
    log,
    place,
    inboxUrl: database.inboxUrl,
    /** A relay within this process, on a log that may be wrapped. */
    async relay(options: Partial<RelayOptions> = {}, wrap = (log: EventLog) => log) {
      const ctx = createContext('relay', 'silent');
      contexts.push(ctx);
      const own = openLog(place, silent);
      ctx.onStop('event log', () => own.close());
      const defaults = { url: database.inboxUrl, schema: 'inbox', topic: MOVIES_CHANGES, pollMs: 200 };
      await startRelay({ ...defaults, eventLog: wrap(own), ctx, ...options });
      return ctx;
    },
  };
}

async function gauge({ metrics }: ProcessContext, name: string): Promise<number | undefined> {
  return (await metrics.getSingleMetric(name)?.get())?.values[0]?.value;
}
const isActive = async (ctx: ProcessContext) => (await gauge(ctx, 'marquee_outbox_relay_active')) === 1;
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

for (const kind of ['postgres', 'kafka'] as const) {
  describe(`startRelay on ${kind}`, { timeout: 300_000 }, () => {
    test('sends what is written, deletions as tombstones, and removes it', async (t) => {
      const the = await stage(t, kind);
      await touchIn(the.pool, '1');
      await the.relay();
      await the.log.reached(1);
      await touchIn(the.pool, '1');
      await dropIn(the.pool, '1');
      await the.log.reached(3);
      await until(
        () => pendingOf(the.pool),
        (rows) => rows.length === 0,
      );
      const told = the.log
        .changes()
        .map(({ entity, entityId, version, change, tags, facts }) => [entity, entityId, version, change, tags, facts]);
      assert.deepEqual(told, [
        ['Movie', '1', 1, 'created', ['movie-1'], {}],
        ['Movie', '1', 2, 'updated', ['movie-1'], {}],
        ['Movie', '1', 3, 'deleted', ['movie-1'], null],
      ]);
    });

    test('misses nothing of a transaction that commits after a later one', async (t) => {
      const the = await stage(t, kind);
      await the.relay();
      await inTransaction(the.pool, async (early) => {
        await touch(early, 'early');
        await touchIn(the.pool, 'late');
        await the.log.reached(1);
        await sleep(500);
        assert.deepEqual(
          the.log.changes().map(({ entityId }) => entityId),
          ['late'],
        );
      });
      await the.log.reached(2);
      await until(
        () => pendingOf(the.pool),
        (rows) => rows.length === 0,
      );
      assert.deepEqual(
        the.log
          .changes()
          .map(({ entityId }) => entityId)
          .toSorted(),
        ['early', 'late'],
      );
    });

    test('keeps the order of an entity that the transaction with the older id changes last', async (t) => {
      const the = await stage(t, kind);
      // Ids of transactions: `older` gets its own with its first write, and changes the movie after `newer` has committed. A third,
      // between the two, is still open: nothing from `newer` on is below the oldest id that is open.
      await inTransaction(the.pool, async (open) => {
        await inTransaction(the.pool, async (older) => {
          await older.query('select pg_current_xact_id()');
          await open.query('select pg_current_xact_id()');
          await touchIn(the.pool, 'movie');
          await the.relay();
          await touch(older, 'movie');
        });
        await the.log.reached(2);
      });
      assert.deepEqual(the.log.versionsOf('movie'), [1, 2]);
    });

    test('keeps the order of every entity under 2,000 changes at once', async (t) => {
      const the = await stage(t, kind);
      await the.relay({ batchSize: 50 });
      const ids = Array.from({ length: 20 }, (_, n) => `movie-${n}`);
      const changes = Array.from({ length: 20 }, async (_, writer) => {
        for (let n = 0; n < 100; n++) {
          const id = ids[(writer * 7 + n * 3) % ids.length] as string;
          await inTransaction(the.pool, async (tx) => {
            if (n % 5 === 0) await tx.query('select pg_current_xact_id(), pg_sleep(random() * 0.005)');
            // A deletion of what is deleted already is none; what is created again makes up for it.
            const written = n % 10 === 9 ? await drop(tx, id) : await touch(tx, id);
            if (written.size === 0) await touch(tx, id);
          });
        }
      });
      await Promise.all(changes);
      await the.log.reached(2_000);
      await until(
        () => pendingOf(the.pool),
        (rows) => rows.length === 0,
      );
      for (const id of ids) {
        const versions = the.log.versionsOf(id);
        assert.equal(versions.length, 100);
        assert.deepEqual(versions, sorted(versions), id);
      }
      assert.equal(the.log.changes().length, 2_000, 'nothing went wrong, so nothing was sent twice');
    });

    test('one that is killed after it has sent leaves what it sent to another, which sends it again as it was', async (t) => {
      const the = await stage(t, kind);
      for (let n = 0; n < 50; n++) await touchIn(the.pool, `${n % 5}`);
      const child = spawn(
        process.execPath,
        [
          `${import.meta.dirname}/fixtures/relay-process.ts`,
          JSON.stringify({ inboxUrl: the.inboxUrl, place: the.place }),
        ],
        { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'silent' } },
      );
      const [, signal] = await once(child, 'exit');
      assert.equal(signal, 'SIGKILL');
      assert.equal((await pendingOf(the.pool)).length, 50, 'nothing was removed');
      await the.relay();
      await the.log.reached(70);
      await until(
        () => pendingOf(the.pool),
        (rows) => rows.length === 0,
      );
      const changes = the.log.changes();
      assert.equal(changes.length, 70);
      const byEvent = Map.groupBy(changes, ({ eventId }) => eventId);
      assert.equal(byEvent.size, 50, 'what came twice came with the same id');
      for (const [first, ...again] of byEvent.values()) for (const change of again) assert.deepEqual(change, first);
      for (let n = 0; n < 5; n++) assert.equal(the.log.versionsOf(`${n}`).at(-1), 10, 'the last record is the latest');
    });

    test('of two relays one sends; the other takes over when it ends', async (t) => {
      const the = await stage(t, kind);
      const [first, second] = [await the.relay(), await the.relay()];
      await until(
        async () => [await isActive(first), await isActive(second)],
        (active) => active.includes(true),
      );
      const [active, standby] = (await isActive(first)) ? [first, second] : [second, first];
      for (let n = 0; n < 100; n++) await touchIn(the.pool, `${n % 10}`);
      await the.log.reached(100);
      assert.equal(await gauge(active, 'marquee_outbox_records_sent_total'), 100);
      assert.equal(await gauge(standby, 'marquee_outbox_records_sent_total'), 0);
      assert.equal(await isActive(standby), false);
      await active.stop();
      await touchIn(the.pool, 'next');
      await the.log.reached(101);
      assert.equal(await isActive(standby), true);
    });

    test('one whose session is ended by the server gives way, or comes back', async (t) => {
      const the = await stage(t, kind);
      const relays = [await the.relay(), await the.relay()];
      await touchIn(the.pool, '1');
      await the.log.reached(1);
      await the.pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'marquee-movies-relay' and pid <> pg_backend_pid() and datname = current_database()`,
      );
      await touchIn(the.pool, '1');
      await the.log.reached(2);
      assert.deepEqual(the.log.versionsOf('1'), [1, 2]);
      await until(
        () => Promise.all(relays.map(isActive)),
        (active) => active.filter(Boolean).length === 1,
      );
    });

    test('waits for a log that is away, says so, and goes on in order', async (t) => {
      const the = await stage(t, kind);
      let isAway = true;
      let attempts = 0;
      const ctx = await the.relay({}, (log) => ({
        ...log,
        publish: async (topic, records) => {
          attempts += 1;
          if (isAway) throw new Error('the log is away');
          await log.publish(topic, records);
        },
      }));
      await touchIn(the.pool, '1', '2');
      await until(
        async () => attempts,
        (seen) => seen >= 3,
      );
      await touchIn(the.pool, '1');
      const { ready, checks } = await ctx.health.readiness();
      assert.deepEqual([ready, checks['outbox relay']], [false, 'failing']);
      await until(
        () => gauge(ctx, 'marquee_outbox_pending_rows'),
        (pending) => pending === 3,
      );
      assert.ok(((await gauge(ctx, 'marquee_outbox_oldest_age_seconds')) ?? 0) > 0);
      isAway = false;
      await the.log.reached(3);
      assert.deepEqual(the.log.versionsOf('1'), [1, 2]);
      await until(
        () => gauge(ctx, 'marquee_outbox_pending_rows'),
        (pending) => pending === 0,
      );
      assert.equal((await ctx.health.readiness()).ready, true);
    });

    test('is not ready while a request to the log does not end', async (t) => {
      const the = await stage(t, kind);
      const hanging = Promise.withResolvers<void>();
      const ctx = await the.relay({ stalledAfterMs: 300 }, (log) => ({
        ...log,
        publish: async (topic, records) => {
          await hanging.promise;
          await log.publish(topic, records);
        },
      }));
      await until(() => isActive(ctx), Boolean);
      assert.equal((await ctx.health.readiness()).ready, true);
      await touchIn(the.pool, '1');
      await until(
        () => ctx.health.readiness(),
        ({ checks }) => checks['outbox relay'] === 'failing',
      );
      hanging.resolve();
      await the.log.reached(1);
      await until(
        () => ctx.health.readiness(),
        ({ ready }) => ready,
      );
    });

    test('sends what is there before it stops', async (t) => {
      const the = await stage(t, kind);
      const ctx = await the.relay({ batchSize: 10, pollMs: 60_000 });
      await until(() => isActive(ctx), Boolean);
      for (let n = 0; n < 100; n++) await touchIn(the.pool, `${n}`);
      await ctx.stop();
      assert.deepEqual(await pendingOf(the.pool), []);
      await the.log.reached(100);
    });

    test('a notification wakes it long before it would look by itself', async (t) => {
      const the = await stage(t, kind);
      const ctx = await the.relay({ pollMs: 60_000 });
      await until(() => isActive(ctx), Boolean);
      await sleep(300);
      const started = Date.now();
      await touchIn(the.pool, '1');
      await the.log.reached(1);
      assert.ok(Date.now() - started < 10_000);
    });
  });
}
