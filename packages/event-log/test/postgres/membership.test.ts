import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { createPool, type Pool } from '@marquee/postgres/pool';
import { shareOf } from '../../src/postgres/membership.ts';
import { createPostgresEventLog } from '../../src/postgres.ts';
import { Bench, type Harness, keyOfEachPartition, numbered, range, unique, until } from '../conformance/harness.ts';
import { prepareDatabase, testLogger } from '../postgres-fixture.ts';

describe('shareOf', () => {
  it('adds up to all partitions, with no two shares further apart than one', () => {
    for (const members of range(1, 8)) {
      for (const partitions of range(1, 13)) {
        for (const id of range(1, 5)) {
          const pids = range(0, members).map((n) => 100 + n * 7);
          const shares = pids.map((pid) => shareOf(pids, pid, { id, partitions }));
          assert.equal(
            shares.reduce((a, b) => a + b, 0),
            partitions,
          );
          assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
        }
      }
    }
  });

  it('gives the odd partition of different topics to different members, and nothing to a stranger', () => {
    const odd = range(1, 4).map((id) =>
      [10, 20, 30].find((pid) => shareOf([30, 10, 20], pid, { id, partitions: 1 }) === 1),
    );
    assert.deepEqual(new Set(odd), new Set([10, 20, 30]));
    assert.equal(shareOf([10, 20], 30, { id: 1, partitions: 4 }), 0);
  });
});

describe('the Postgres subscription', () => {
  let server: TestDatabase;
  let pool: Pool;
  let url: string;
  let harness: Harness;
  before(async () => {
    server = await testDatabase();
    ({ url } = await prepareDatabase(server.adminUrl));
    harness = { open: (options) => createPostgresEventLog({ url, logger: testLogger(), ...options }) };
    pool = createPool({ url: server.adminUrl, schema: 'event_log', applicationName: 'test', max: 2 });
  });
  after(async () => {
    await pool.end();
    await server.drop();
  });

  it('takes over the partitions of a member that was killed, at once', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(4);
    const group = unique('group');
    const keys = keyOfEachPartition(4);
    await using other = await spawnMember(url, group, topic);
    const reader = await bench.subscribe({ topic, group });
    let rounds = 0;
    const publishRound = async () => {
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(rounds, rounds + 1, key)),
      );
      rounds++;
    };
    while (reader.partitions().length < 2) await publishRound().then(() => sleep(100));
    await other.kill();
    const killedAt = Date.now();
    await publishRound();
    const last = String(rounds - 1);
    await until(() => reader.values.filter((value) => value === last).length === 4, 'all partitions');
    assert.ok(Date.now() - killedAt < 5_000, `after ${Date.now() - killedAt} ms`);
  });

  it('joins again when its session ends, and loses nothing', async () => {
    await using bench = new Bench(harness);
    const topic = await bench.topic(2);
    const keys = keyOfEachPartition(2);
    const next = new Map<number, bigint>();
    const reader = await bench.subscribe({
      topic,
      position: async (_topic, partition) => next.get(partition) ?? 0n,
      handle: async ({ partition, records }) => void next.set(partition, (records.at(-1)?.offset ?? 0n) + 1n),
    });
    for (const n of range(0, 5)) {
      await bench.log.publish(
        topic,
        keys.flatMap((key) => numbered(n, n + 1, key)),
      );
      await until(() => reader.records.length === (n + 1) * 2, `round ${n}`);
      const { rowCount } = await pool.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'marquee-event-log-member' and datname = current_database()`,
      );
      assert.ok((rowCount ?? 0) >= 1);
    }
    for (const partition of [0, 1]) {
      assert.deepEqual(
        reader.records.filter((r) => r.partition === partition).map((r) => String(r.value)),
        ['0', '1', '2', '3', '4'],
      );
    }
  });

  it('hears of records by notification, long before it would look', async () => {
    await using bench = new Bench({
      open: () => createPostgresEventLog({ url, logger: testLogger(), pollMs: 60_000 }),
    });
    const topic = await bench.topic(1);
    const reader = await bench.subscribe({ topic });
    await bench.log.publish(topic, numbered(0, 1));
    await until(() => reader.records.length === 1, 'the first');
    const startedAt = Date.now();
    await bench.log.publish(topic, numbered(1, 2));
    await until(() => reader.records.length === 2, 'the second', 3_000);
    assert.ok(Date.now() - startedAt < 1_000, `after ${Date.now() - startedAt} ms`);
  });

  it('finds records without any notification', async () => {
    await using bench = new Bench({ open: () => createPostgresEventLog({ url, logger: testLogger(), pollMs: 100 }) });
    const topic = await bench.topic(1);
    const reader = await bench.subscribe({ topic });
    await bench.log.publish(topic, numbered(0, 1));
    await until(() => reader.records.length === 1, 'the first');
    await pool.query(
      `with moved as (
         update event_log.partitions set next_offset = 2
         where topic_id = (select id from event_log.topics where name = $1) returning topic_id
       )
       insert into event_log.records select topic_id, 0, 1, 'key', 'silent', '{}', now() from moved`,
      [topic],
    );
    await until(() => reader.records.length === 2, 'the one that nobody announced', 3_000);
    assert.deepEqual(reader.values, ['0', 'silent']);
  });
});

/** A member in a process of its own, once it has been given a partition; killed at the latest when it goes out of scope. */
async function spawnMember(url: string, group: string, topic: string) {
  const program = fileURLToPath(new URL('../member-program.ts', import.meta.url));
  const child = spawn(process.execPath, [program, url, group, topic], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  return { kill, [Symbol.asyncDispose]: kill };
}
