import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingRecord } from '@marquee/event-log/event-log';
import { MOVIES_CHANGES } from '@marquee/events/change-topics';
import { deadLetterTopic } from '@marquee/events/topic';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { freePort } from '@marquee/local-services/free-port';
import { startBroker, testBroker } from '@marquee/local-services/kafka';
import { removePostgres, startPostgres } from '@marquee/local-services/postgres';
import { createContext } from '@marquee/runtime/process';
import { startInbox } from '../src/inbox.ts';
import { startRelay } from '../src/relay.ts';
import { pendingOf, reading, touchIn } from './fixtures/changes.ts';
import { inboxPool, prepare, preparedDatabase, silent } from './fixtures/database.ts';
import { type LogPlace, openLog } from './fixtures/log-place.ts';
import { countEffects, effectsOf, observed, stateOf, TOPIC } from './fixtures/ratings.ts';
import { until } from './fixtures/until.ts';

/** A server that can be taken away, and comes back at the same address with the same data. */
interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
}

async function mortalPostgres(t: TestContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-outage-'));
  await chmod(folder, 0o755); // the account of Postgres has to get to its data
  const options = { dataDir: path.join(folder, 'data'), port: await freePort() };
  let server = await startPostgres(options);
  t.after(async () => {
    await server.stop();
    await removePostgres(options.dataDir);
    await rm(folder, { recursive: true, force: true });
  });
  const outage: Outage = {
    begin: () => server.stop(),
    end: async () => {
      server = await startPostgres(options);
    },
  };
  return { outage, ...(await prepare(server.url, 'outage')) };
}

/** Events before, during and after an outage, each of which must have its effect once. */
async function survive(
  t: TestContext,
  place: LogPlace,
  inboxUrl: string,
  outage: Outage,
  failing: string,
  isLog: boolean,
) {
  const ctx = createContext('consumer', 'silent');
  t.after(() => ctx.stop());
  const pool = inboxPool(inboxUrl);
  ctx.onStop('pool', () => pool.end());
  const eventLog = openLog(place, silent);
  ctx.onStop('event log', () => eventLog.close());
  await eventLog.createTopics([MOVIE_RATINGS, deadLetterTopic('test')]);
  await startInbox({ subgraph: 'test', pool, eventLog, ctx, topics: { [TOPIC]: countEffects } });
  const events = (name: string): OutgoingRecord[] =>
    Array.from({ length: 100 }, (_, n) => observed(`${name}-${n}`, 1, n));
  const expect = async (count: number) =>
    until(
      () => stateOf(pool).catch(() => ({})),
      (state) => Object.keys(state).length === count,
    );

  await eventLog.publish(TOPIC, events('before'));
  await expect(100);
  assert.equal((await ctx.health.readiness()).ready, true);

  // Events are on their way when it goes away.
  await eventLog.publish(TOPIC, events('at'));
  await outage.begin();
  const { checks } = await until(
    () => ctx.health.readiness(),
    ({ ready }) => !ready,
  );
  assert.equal(checks[failing], 'failing');
  if (!isLog) await eventLog.publish(TOPIC, events('during'));
  await sleep(1_500);
  assert.equal((await ctx.health.readiness()).ready, false);
  await outage.end();
  if (isLog) await eventLog.publish(TOPIC, events('during'));

  await expect(300);
  await until(
    () => ctx.health.readiness(),
    ({ ready }) => ready,
  );
  await eventLog.publish(TOPIC, events('after'));
  await expect(400);
  const effects = await effectsOf(pool);
  assert.equal(effects.length, 400);
  assert.equal(new Set(effects).size, 400);
}

const prefix = () => `t${randomBytes(4).toString('hex')}.`;

describe('an outage is waited for', { timeout: 240_000 }, () => {
  test('of the database, with the Postgres event log', async (t) => {
    const mortal = await mortalPostgres(t);
    const log = await preparedDatabase();
    t.after(() => log.drop());
    await survive(
      t,
      { kind: 'postgres', url: log.eventLogUrl },
      mortal.inboxUrl,
      mortal.outage,
      'inbox database',
      false,
    );
  });

  test('of the database, with Kafka', async (t) => {
    const mortal = await mortalPostgres(t);
    const place: LogPlace = { kind: 'kafka', brokers: (await testBroker()).brokers, prefix: prefix() };
    await survive(t, place, mortal.inboxUrl, mortal.outage, 'inbox database', false);
  });

  test('of the Postgres event log', async (t) => {
    const mortal = await mortalPostgres(t);
    const inbox = await preparedDatabase();
    t.after(() => inbox.drop());
    await survive(
      t,
      { kind: 'postgres', url: mortal.eventLogUrl },
      inbox.inboxUrl,
      mortal.outage,
      'inbox event log',
      true,
    );
  });

  test('of the Kafka broker', async (t) => {
    const broker = await startBroker();
    t.after(() => broker.remove());
    const inbox = await preparedDatabase();
    t.after(() => inbox.drop());
    const outage: Outage = { begin: () => broker.kill(), end: () => broker.start() };
    const place: LogPlace = { kind: 'kafka', brokers: broker.brokers, prefix: prefix() };
    await survive(t, place, inbox.inboxUrl, outage, 'inbox event log', true);
  });
});

/** Changes before, during and after an outage, each of which must be published, in the order of its movie. */
async function tellAll(t: TestContext, place: LogPlace, outboxUrl: string, outage: Outage, isLog: boolean) {
  const ctx = createContext('relay', 'silent');
  const pool = inboxPool(outboxUrl);
  ctx.onStop('pool', () => pool.end());
  const eventLog = openLog(place, silent);
  ctx.onStop('event log', () => eventLog.close());
  await eventLog.createTopics([MOVIES_CHANGES]);
  const log = await reading(eventLog);
  ctx.onStop('reader', () => log.close());
  t.after(() => ctx.stop());
  await startRelay({ url: outboxUrl, schema: 'inbox', topic: MOVIES_CHANGES, eventLog, ctx, pollMs: 200 });
  const change = async (times: number) => {
    for (let n = 0; n < times; n++) await touchIn(pool, 'first', 'second');
  };
  const isReady = async (ready: boolean) =>
    until(
      async () => (await ctx.health.readiness()).ready,
      (now) => now === ready,
      90_000,
    );

  await change(20);
  await log.reached(40);
  await outage.begin();
  if (isLog) {
    await change(20);
    await sleep(1_500);
    assert.equal((await pendingOf(pool)).length, 40, 'nothing is removed that is not in the log');
  } else {
    await isReady(false);
  }
  await outage.end();
  await isReady(true);
  if (!isLog) await change(20);
  await change(20);
  await until(
    () => pendingOf(pool),
    (rows) => rows.length === 0,
  );
  const versions = Array.from({ length: 60 }, (_, n) => n + 1);
  for (const id of ['first', 'second']) {
    await until(
      async () => log.versionsOf(id),
      (seen) => seen.at(-1) === 60,
    );
    const seen = log.versionsOf(id);
    assert.deepEqual(
      [...new Set(seen)].toSorted((a, b) => a - b),
      versions,
      'every change was told',
    );
    // A batch of which the log may hold a part comes again as a whole: what follows the last version is nothing.
    const firsts = versions.map((version) => seen.indexOf(version));
    assert.deepEqual(
      firsts,
      firsts.toSorted((a, b) => a - b),
      'in its order',
    );
  }
}

describe('a relay waits for an outage to end', { timeout: 240_000 }, () => {
  test('of the outbox database', async (t) => {
    const mortal = await mortalPostgres(t);
    const log = await preparedDatabase();
    t.after(() => log.drop());
    await tellAll(t, { kind: 'postgres', url: log.eventLogUrl }, mortal.inboxUrl, mortal.outage, false);
  });

  test('of the Postgres event log', async (t) => {
    const mortal = await mortalPostgres(t);
    const outbox = await preparedDatabase();
    t.after(() => outbox.drop());
    await tellAll(t, { kind: 'postgres', url: mortal.eventLogUrl }, outbox.inboxUrl, mortal.outage, true);
  });

  test('of the Kafka broker', async (t) => {
    const broker = await startBroker();
    t.after(() => broker.remove());
    const outbox = await preparedDatabase();
    t.after(() => outbox.drop());
    const outage: Outage = { begin: () => broker.kill(), end: () => broker.start() };
    const place: LogPlace = { kind: 'kafka', brokers: broker.brokers, prefix: prefix() };
    await tellAll(t, place, outbox.inboxUrl, outage, true);
  });
});
