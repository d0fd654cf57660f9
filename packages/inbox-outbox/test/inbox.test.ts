import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog, OutgoingRecord } from '@marquee/event-log/event-log';
import { deadLetterTopic } from '@marquee/events/topic';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { testBroker } from '@marquee/local-services/kafka';
import type { Pool } from '@marquee/postgres/pool';
import { createContext, type ProcessContext } from '@marquee/runtime/process';
import { listDeadLetters, replayDeadLetters } from '../src/dead-letters.ts';
import { startInbox } from '../src/inbox.ts';
import type { TopicHandler } from '../src/topic-handler.ts';
import { inboxPool, preparedDatabase, silent } from './fixtures/database.ts';
import { type LogPlace, openLog } from './fixtures/log-place.ts';
import { countEffects, deleted, effectsOf, observed, stateOf, TOPIC } from './fixtures/ratings.ts';
import { until } from './fixtures/until.ts';

/** Everything that one consumer needs, on a database and topics of its own. */
async function stage(kind: LogPlace['kind']) {
  const database = await preparedDatabase();
  const prefix = `t${randomBytes(4).toString('hex')}.`;
  const place: LogPlace =
    kind === 'postgres' ? { kind, url: database.eventLogUrl } : { kind, brokers: (await testBroker()).brokers, prefix };
  const pool = inboxPool(database.inboxUrl);
  const eventLog = openLog(place, silent);
  const subgraph = 'test';
  await eventLog.createTopics([MOVIE_RATINGS, deadLetterTopic(subgraph)]);
  return {
    place,
    pool,
    eventLog,
    subgraph,
    inboxUrl: database.inboxUrl,
    publish: (...records: OutgoingRecord[]) => eventLog.publish(TOPIC, records),
    /** A consumer within this process. */
    async consume(handler: typeof countEffects = countEffects) {
      const ctx = createContext('consumer', 'silent');
      const own = inboxPool(database.inboxUrl, { metrics: ctx.metrics });
      ctx.onStop('pool', () => own.end());
      const log = openLog(place, silent);
      ctx.onStop('event log', () => log.close());
      await startInbox({ subgraph, pool: own, eventLog: log, ctx, topics: { [TOPIC]: handler } });
      return ctx;
    },
    async close() {
      await eventLog.close();
      await pool.end();
      await database.drop();
    },
  };
}
type Stage = Awaited<ReturnType<typeof stage>>;

const applied = (pool: Pool) => async () => {
  const { rows } = await pool.query<{ total: number }>(
    'select coalesce(sum(next_offset), 0) as total from inbox_offsets',
  );
  return rows[0]?.total ?? 0;
};

/** How many records a consumer has seen. */
async function recordsOf({ metrics }: ProcessContext): Promise<number> {
  const counter = await metrics.getSingleMetric('marquee_inbox_records_total')?.get();
  return (counter?.values ?? []).reduce((sum, { value }) => sum + value, 0);
}

/** Until everything that is in the log is applied. */
async function caughtUp({ eventLog, pool }: { eventLog: EventLog; pool: Pool }): Promise<void> {
  const ends = await eventLog.endOffsets(TOPIC);
  const total = Number([...ends.values()].reduce((sum, end) => sum + end, 0n));
  await until(applied(pool), (seen) => seen === total);
}

/**
 * Returns 2,000 events with their expected outcome: movies with one observation, with an older one that arrives late, and with a deletion
 * before a late update, each then observed again with the same content.
 */
function history(): { events: OutgoingRecord[]; state: Record<string, number>; once: string[] } {
  const events: OutgoingRecord[] = [];
  const state: Record<string, number> = {};
  const single: string[] = [];
  for (let n = 0; n < 1_600; n++) {
    events.push(observed(`single-${n}`, 1, n % 500));
    state[`single-${n}`] = n % 500;
    single.push(`single-${n}@1 observed`);
  }
  for (let n = 0; n < 100; n++) {
    events.push(observed(`late-${n}`, 5, 50), observed(`late-${n}`, 2, 20));
    state[`late-${n}`] = 50;
    events.push(deleted(`gone-${n}`, 5), observed(`gone-${n}`, 2, 20));
  }
  return { events, state, once: single };
}

for (const kind of ['postgres', 'kafka'] as const) {
  describe(`startInbox on ${kind}`, { timeout: 300_000 }, () => {
    let the: Stage;
    before(async () => {
      the = await stage(kind);
    });
    after(() => the.close());

    test('applies what is new, and what was there before it came', async () => {
      await the.publish(observed('1', 2, 20), observed('2', 1, 10), observed('1', 1, 10));
      const ctx = await the.consume();
      await caughtUp(the);
      await the.publish(deleted('2', 3), observed('3', 1, 30));
      await the.publish(observed('2', 2, 99));
      await caughtUp(the);
      assert.deepEqual(await stateOf(the.pool), { 1: 20, 3: 30 });
      assert.equal((await ctx.health.readiness()).ready, true);
      await ctx.stop();
    });

    test('puts poison aside and goes on; a replay brings it back once it is digestible', async () => {
      let isMended = false;
      const mended: typeof countEffects = (tx, changes) =>
        countEffects(tx, {
          ...changes,
          observed: changes.observed.map((it) =>
            isMended && it.data.voteCount === 666 ? { ...it, data: { ...it.data, voteCount: 6 } } : it,
          ),
        });
      const ctx = await the.consume(mended);
      await the.publish(
        observed('before', 1, 1),
        { key: Buffer.from('junk'), value: Buffer.from([0xff, 0x00, 0x7b]), headers: { whose: 'strange' } },
        { ...observed('broken', 1, 1), value: Buffer.from('{"movieId":') },
        observed('beast', 1, 666),
        observed('after', 1, 2),
      );
      await caughtUp(the);
      const state = await stateOf(the.pool);
      assert.equal(state.before, 1);
      assert.equal(state.after, 2);
      const waiting = async () => {
        const gauge = await ctx.metrics.getSingleMetric('marquee_dead_letters_waiting')?.get();
        return gauge?.values.map(({ labels, value }) => [labels.topic, value]);
      };
      const isWaiting = (count: number) =>
        until(waiting, (values) => JSON.stringify(values) === JSON.stringify([[TOPIC, count]]));
      await isWaiting(3);
      const letters = await listDeadLetters({ ...the, logger: silent });
      assert.deepEqual(letters.map(({ code }) => code).sort(), ['BAD_ENVELOPE', 'HANDLER_REJECTED', 'NOT_JSON']);
      assert.deepEqual(letters.find(({ code }) => code === 'BAD_ENVELOPE')?.headers, { whose: 'strange' });

      isMended = true;
      const beast = letters.find(({ code }) => code === 'HANDLER_REJECTED')?.id ?? '';
      const result = await replayDeadLetters({ ...the, logger: silent }, [beast, `${TOPIC}/0/4711`]);
      assert.deepEqual(result.replayed, [beast]);
      await isWaiting(2);
      assert.deepEqual(
        result.failed.map(({ id }) => id),
        [`${TOPIC}/0/4711`],
      );
      await caughtUp(the);
      assert.equal((await stateOf(the.pool)).beast, 6);
      assert.deepEqual((await listDeadLetters({ ...the, logger: silent })).map(({ code }) => code).sort(), [
        'BAD_ENVELOPE',
        'NOT_JSON',
      ]);
      await ctx.stop();
    });

    test('waits, not ready, while the schema lacks what the handler needs', async () => {
      let isThere = false;
      const early: TopicHandler<never> = async (tx, changes) => {
        if (!isThere) await tx.query('select * from not_migrated_yet');
        await countEffects(tx, changes);
      };
      const ctx = await the.consume(early as typeof countEffects);
      await the.publish(observed('patient', 1, 1));
      const { checks } = await until(
        () => ctx.health.readiness(),
        ({ ready }) => !ready,
      );
      assert.deepEqual(checks, {
        'inbox database': 'ok',
        'inbox event log': 'ok',
        'inbox partitions': 'failing',
        'inbox progress': 'ok',
      });
      assert.equal((await stateOf(the.pool)).patient, undefined);
      isThere = true;
      await caughtUp(the);
      assert.equal((await stateOf(the.pool)).patient, 1);
      assert.equal((await ctx.health.readiness()).ready, true);
      await ctx.stop();
    });

    test('starts over, without a second effect, when the log was made anew', async () => {
      const before = await effectsOf(the.pool);
      await the.pool.query('update inbox_offsets set next_offset = next_offset + 1000000');
      const ctx = await the.consume();
      await caughtUp(the);
      await the.publish(observed('fresh', 1, 1));
      await caughtUp(the);
      assert.equal((await stateOf(the.pool)).fresh, 1);
      assert.deepEqual(
        (await effectsOf(the.pool)).filter((effect) => !effect.startsWith('fresh')),
        before,
      );
      await ctx.stop();
    });
  });

  describe(`exactly-once effects on ${kind}`, { timeout: 300_000 }, () => {
    async function verify(
      { pool }: Stage,
      { state, once: single }: Omit<ReturnType<typeof history>, 'events'>,
    ): Promise<void> {
      assert.deepEqual(await stateOf(pool), Object.fromEntries(Object.entries(state).sort(byName)));
      const effects = await effectsOf(pool);
      assert.equal(new Set(effects).size, effects.length, 'no effect happened twice');
      assert.deepEqual(new Set(effects.filter((effect) => effect.startsWith('single'))), new Set(single));
    }
    const byName = ([a]: [string, number], [b]: [string, number]) => (a < b ? -1 : 1);

    test('a consumer that is killed at random moments, and started again', async (t) => {
      const the = await stage(kind);
      t.after(() => the.close());
      const { events, ...expected } = history();
      await the.publish(...events);
      // Kafka gives the partitions of a dead member away after its session timeout, 15 s.
      const maxKills = kind === 'kafka' ? 2 : 6;
      const kills: number[] = [];
      const isDone = async () => (await applied(the.pool)()) === events.length;
      while (!(await isDone())) {
        const child = spawn(
          process.execPath,
          [
            `${import.meta.dirname}/fixtures/consumer-process.ts`,
            JSON.stringify({ subgraph: the.subgraph, inboxUrl: the.inboxUrl, place: the.place }),
          ],
          { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, LOG_LEVEL: 'silent' } },
        );
        const exit = once(child, 'exit');
        const before = await applied(the.pool)();
        // A while after it has got to work, and for the last one until the end.
        await until(applied(the.pool), (seen) => seen > before || seen === events.length);
        if (kills.length < maxKills) await sleep(Math.random() * 300);
        else await until(isDone, Boolean);
        kills.push(await applied(the.pool)());
        child.kill('SIGKILL');
        await exit;
      }
      assert.ok(
        kills.filter((total) => total < events.length).length >= maxKills,
        `killed at ${kills.join(', ')} of ${events.length}`,
      );
      await verify(the, expected);
    });

    test('two consumers that take partitions from each other', async (t) => {
      const the = await stage(kind);
      t.after(() => the.close());
      const { events, ...expected } = history();
      const first = await the.consume();
      let second: Awaited<ReturnType<Stage['consume']>> | undefined;
      for (let n = 0; n < events.length; n += 100) {
        // What was published once may be published again by a producer that did not hear of its success.
        const records = events.slice(n, n + 100);
        await the.publish(...records, ...(n % 300 === 0 ? records.slice(0, 20) : []));
        if (n === 600) second = await the.consume();
        if (n === 1_600) await first.stop();
        await sleep(second && (await recordsOf(second)) === 0 ? 500 : 50);
      }
      await caughtUp(the);
      assert.ok(second && (await recordsOf(first)) > 0 && (await recordsOf(second)) > 0, 'both took part');
      await second.stop();
      await verify(the, expected);
    });
  });
}
