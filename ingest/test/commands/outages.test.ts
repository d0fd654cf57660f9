import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKafkaEventLog } from '@marquee/event-log/kafka';
import { MOVIE_DETAILS } from '@marquee/events/topics';
import { startBroker } from '@marquee/local-services/kafka';
import type { Pool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { eventually } from '@marquee/testing/eventually';
import { openGate } from '@marquee/testing/gate';
import { PART_NAMES } from '../../src/domain/generated/movie-parts.ts';
import { createSyntheticCatalogue } from '../../src/emulator/synthetic-catalogue.ts';
import { start } from '../command.ts';
import { workEnvironment } from './work-environment.ts';

const MOVIES = 250;

/** A dependency of sync that a test interrupts. */
interface Outage {
  /** Name of its check in /readyz. */
  readonly check: string;
  readonly begin: () => Promise<void>;
  readonly end: () => Promise<void>;
  readonly seconds: number;
}

/** Interrupts a dependency while `sync` reads movies, and asserts that it reads them all, without counting a failure. */
async function interrupt(t: TestContext, pool: Pool, env: Record<string, string>, outage: Outage): Promise<void> {
  const sync = start(t, ['sync', '--rate', '60'], { ...env, PORT: '0' });
  const [, port] = await sync.says(/"port":(\d+)/);
  const get = (path: string) => fetch(`http://127.0.0.1:${port}${path}`);
  const isFresh = async () => {
    const { rows } = await pool.query(
      `select count(*)::int as fresh from entities where kind = 'movie' and state = 'fresh'`,
    );
    return rows[0].fresh as number;
  };
  await eventually(async () => assert.ok((await isFresh()) > 10));

  const before = await isFresh();
  assert.ok(before < MOVIES - 60, `${before} movies were read before the outage`);
  await outage.begin();
  const begun = performance.now();
  await eventually(async () => {
    const readiness = await get('/readyz');
    const { checks } = (await readiness.json()) as { checks: Record<string, string> };
    assert.deepEqual([readiness.status, checks[outage.check]], [503, 'failing']);
  });
  await sleep(Math.max(0, outage.seconds * 1_000 - (performance.now() - begun)));
  assert.ok((await isFresh()) < MOVIES, 'some movies are left for the time after the outage');
  await outage.end();
  const ended = performance.now();
  await eventually(async () => assert.equal((await get('/readyz')).status, 200));
  await eventually(async () => assert.ok((await isFresh()) > before + 60), 90_000);
  const resumed = Math.round((performance.now() - ended) / 1_000);
  t.diagnostic(`${before} movies were read before an outage of ${outage.seconds} s, and 60 more ${resumed} s after it`);
  await eventually(async () => assert.equal(await isFresh(), MOVIES), 90_000);

  const metrics = await (await get('/metrics')).text();
  assert.doesNotMatch(metrics, /marquee_ingest_entities_total\{[^}]*result="failed"/);
  const { rows } = await pool.query('select * from entities where failure_code is not null or attempts > 0');
  assert.deepEqual(rows, []);
  sync.kill('SIGTERM');
  assert.equal((await sync.ended).code, 0);
}

const world = (t: TestContext) => workEnvironment(t, { catalogue: createSyntheticCatalogue(MOVIES, 1) });

/** Asserts that the log holds every part of every movie. */
async function assertComplete(log: Awaited<ReturnType<typeof world>>['log']): Promise<void> {
  const parts = (await log.events())
    .filter(({ topic }) => topic.includes('movie'))
    .map((e) => `${e.topic} ${e.subject}`);
  assert.equal(new Set(parts).size, MOVIES * PART_NAMES.length);
}

test("an outage of the queue's database loses no movie and fails none", async (t) => {
  const { env, pool, log } = await world(t);
  const gate = await openGate(env.INGEST_DATABASE_URL);
  t.after(() => gate.shut());
  const outage = { check: 'database', begin: gate.shut, end: gate.open, seconds: 6 };
  await interrupt(t, pool, { ...env, INGEST_DATABASE_URL: gate.url }, outage);
  await assertComplete(log);
});

test('an outage of the event log that is longer than requests wait for it loses no movie and fails none', async (t) => {
  const { env, pool, log } = await world(t);
  const gate = await openGate(env.EVENT_LOG_URL);
  t.after(() => gate.shut());
  const outage = { check: 'event log', begin: gate.shut, end: gate.open, seconds: 40 };
  await interrupt(t, pool, { ...env, EVENT_LOG_URL: gate.url }, outage);
  await assertComplete(log);
});

test('a Kafka broker that is killed and started again loses no movie and fails none', async (t) => {
  const { env, pool } = await world(t);
  const broker = await startBroker();
  t.after(() => broker.remove());
  const prefix = `test-${randomBytes(4).toString('hex')}.`;
  const { EVENT_LOG_URL: _postgres, ...rest } = env;
  const kafka = { ...rest, KAFKA_BROKERS: broker.brokers.join(), KAFKA_TOPIC_PREFIX: prefix };
  const outage = { check: 'event log', begin: broker.kill, end: broker.start, seconds: 6 };
  await interrupt(t, pool, kafka, outage);
  const logger = createLogger('test', 'silent');
  const eventLog = createKafkaEventLog({ brokers: broker.brokers, clientId: 'test', replication: 1, logger });
  t.after(() => eventLog.close());
  const ends = await eventLog.endOffsets(`${prefix}${MOVIE_DETAILS.name}`);
  assert.ok([...ends.values()].reduce((sum, end) => sum + Number(end), 0) >= MOVIES);
});
