import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '@marquee/postgres/pool';
import { eventually } from '@marquee/testing/eventually';
import type { Lease, Settlement } from '../../src/application/work-queue.ts';
import { LANES } from '../../src/domain/entity.ts';
import { entityOf, queueDatabase } from './queue-database.ts';

const KINDS = ['movie', 'person'] as const;
const NO_CONTENT = { etag: null, hashes: {} };
const REFRESHED: Settlement = {
  outcome: 'refreshed',
  content: { etag: 'W/"1"', hashes: { details: 'a' } },
  maxAgeSeconds: 60,
};
const candidates = (from: number, to: number, popularity = (id: number) => id) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ id: from + index, popularity: popularity(from + index) }));
const keys = (leases: readonly Lease[]) => leases.map(({ kind, id }) => `${kind} ${id}`).sort();

test('two replicas that lease at once never hold the same entity, and versions increase', async (t) => {
  const { join } = await queueDatabase(t);
  const [one, two] = [await join(), await join()];
  await one.queue.enqueueNew('movie', candidates(1, 3_000));
  const held: Lease[][] = await Promise.all(
    Array.from({ length: 60 }, async (_, index) => [
      ...(await (index % 2 === 0 ? one : two).queue.lease(50, ['movie'], LANES)),
    ]),
  );
  const all = keys(held.flat());
  assert.equal(all.length, 3_000);
  assert.equal(new Set(all).size, 3_000);
  const versions = held.map(([first]) => first?.version.getTime());
  assert.equal(new Set(versions).size, 60);
});

test('leases the lanes in their order, new entities of both kinds alike and the most popular first', async (t) => {
  const { change, join } = await queueDatabase(t);
  const { queue } = await join();
  await queue.enqueueNew('movie', candidates(1, 100));
  await queue.enqueueNew('person', candidates(1, 100));
  await change('person', [7]);
  await change('movie', [5_000, 3]);
  const leases = await queue.lease(23, KINDS, LANES);
  assert.deepEqual(keys(leases.filter(({ lane }) => lane === 'change')), ['movie 3', 'movie 5000', 'person 7']);
  const added = leases.filter(({ lane }) => lane === 'new');
  assert.deepEqual(
    keys(added),
    keys([...candidates(91, 100)].flatMap(({ id }) => KINDS.map((kind) => ({ kind, id }))) as Lease[]),
  );
  assert.equal(
    (await queue.lease(10, ['person'], LANES)).every(({ kind }) => kind === 'person'),
    true,
  );
});

test('a settled lease is fresh for the days of a refresh, and keeps ETag and hashes', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const { queue } = await join();
  await queue.enqueueNew('movie', candidates(7, 7));
  const [lease] = await queue.lease(1, KINDS, LANES);
  assert.ok(lease);
  assert.equal(await queue.settle(lease, REFRESHED), true);
  const row = await entityOf(pool, 'movie', 7);
  assert.deepEqual([row.state, row.lane, row.etag, row.hashes], ['fresh', 'refresh', 'W/"1"', { details: 'a' }]);
  assert.ok(Math.abs(row.due_at - row.refreshed_at - 150 * 86_400_000) < 5_000);
  assert.deepEqual(await queue.lease(1, KINDS, LANES), []);
  await pool.query(`update entities set due_at = now() - interval '1 second'`);
  const [again] = await queue.lease(1, KINDS, LANES);
  assert.deepEqual([again?.lane, again?.etag], ['refresh', 'W/"1"']);
  assert.ok(again && again.version > lease.version);
});

test('a late settlement of a lease that another replica has taken over is refused', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const [zombie, other] = [await join(), await join()];
  await zombie.queue.enqueueNew('movie', candidates(7, 7));
  const [lost] = await zombie.queue.lease(1, KINDS, LANES);
  assert.ok(lost);
  assert.deepEqual(await other.queue.lease(1, KINDS, LANES), []);
  await pool.query(`update replicas set heartbeat_at = now() - interval '1 hour' where id = $1`, [zombie.replica.id()]);
  const third = await join();
  assert.equal(await zombie.queue.settle(lost, REFRESHED), false);
  const [taken] = await third.queue.lease(1, KINDS, LANES);
  assert.ok(taken && taken.version > lost.version);
  assert.equal(await zombie.queue.settle(lost, REFRESHED), false);
  assert.equal(await third.queue.settle(taken, REFRESHED), true);
});

test('a change during a lease queues the entity again when the lease ends', async (t) => {
  const { change, join } = await queueDatabase(t);
  const { queue } = await join();
  await queue.enqueueNew('movie', candidates(7, 7));
  const [lease] = await queue.lease(1, KINDS, LANES);
  assert.ok(lease);
  await change('movie', [7]);
  assert.deepEqual(await queue.lease(1, KINDS, LANES), []);
  await queue.settle(lease, REFRESHED);
  const [again] = await queue.lease(1, KINDS, LANES);
  assert.equal(again?.lane, 'change');
});

test('failures keep code, reason and count; permanent ones are not leased again until they change', async (t) => {
  const { pool, change, join } = await queueDatabase(t);
  const { queue } = await join();
  await queue.enqueueNew('movie', candidates(1, 2));
  const [first, second] = await queue.lease(2, KINDS, LANES);
  assert.ok(first && second);
  const failure = { outcome: 'failed', code: 'TMDB_FAILED', reason: 'x'.repeat(2_000), content: NO_CONTENT } as const;
  await Promise.all([
    queue.settle(first, { ...failure, retryInSeconds: 0 }),
    queue.settle(second, { ...failure, code: 'TMDB_REFUSED', retryInSeconds: null }),
  ]);
  assert.equal((await entityOf(pool, 'movie', second.id)).state, 'failed');
  const [retried, ...rest] = await queue.lease(5, KINDS, LANES);
  assert.deepEqual([retried?.id, retried?.attempts, rest], [first.id, 1, []]);
  assert.ok(retried);
  await queue.settle(retried, { outcome: 'released' });
  const row = await entityOf(pool, 'movie', first.id);
  assert.deepEqual(
    [row.attempts, row.failure_code, row.failure_reason.length, row.lane],
    [1, 'TMDB_FAILED', 500, 'retry'],
  );
  await change('movie', [second.id]);
  assert.deepEqual(keys(await queue.lease(1, KINDS, LANES)), [`movie ${second.id}`]);
});

test('an entity by id is leased by one replica at a time, known or unknown', async (t) => {
  const { join } = await queueDatabase(t);
  const [one, two] = [await join(), await join()];
  const lease = await one.queue.leaseOne({ kind: 'movie', id: 603 });
  assert.ok(lease);
  assert.equal(await two.queue.leaseOne({ kind: 'movie', id: 603 }), undefined);
  await one.queue.settle(lease, { outcome: 'absent' });
  const again = await two.queue.leaseOne({ kind: 'movie', id: 603 });
  assert.ok(again && again.version > lease.version && again.wasAbsent);
});

test('a replica that leaves returns its leases at once', async (t) => {
  const { join } = await queueDatabase(t);
  const [one, two] = [await join(), await join()];
  await one.queue.enqueueNew('movie', candidates(1, 10));
  await one.queue.lease(10, KINDS, LANES);
  await one.replica.leave();
  assert.equal((await two.queue.lease(10, KINDS, LANES)).length, 10);
});

test('a replica that rejoins returns the leases that it cannot settle, and settles them no more', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const { replica, queue } = await join();
  await queue.enqueueNew('movie', candidates(1, 1));
  const [lease] = await queue.lease(1, KINDS, LANES);
  assert.ok(lease);
  const before = replica.id();
  replica.rejoin();
  await eventually(async () => assert.equal((await entityOf(pool, 'movie', 1)).state, 'queued'));
  assert.notEqual(replica.id(), before);
  assert.equal(await queue.settle(lease, REFRESHED), false);
  const [again] = await queue.lease(1, KINDS, LANES);
  assert.ok(again && again.version > lease.version);
  assert.equal(await queue.settle(again, REFRESHED), true);
});

test('a lease of a queue with 200,000 due and new entities reads few of them', async (t) => {
  const { pool, join, env } = await queueDatabase(t);
  const { queue } = await join();
  await pool.query(`
    insert into entities (kind, id, lane, state, popularity, due_at)
    select kind, id, case when id % 2 = 0 then 'new' else 'refresh' end::queue_lane,
      case when id % 2 = 0 then 'queued' else 'fresh' end::entity_state, random() * 100,
      now() + (id - 50000) * interval '1 minute'
    from generate_series(1, 100000) id, unnest('{movie,person}'::entity_kind[]) kind`);
  // With statistics the planner estimates more rows for a lease than without.
  const admin = createPool({ url: env.DATABASE_ADMIN_URL, schema: 'ingest', applicationName: 'test' });
  await admin.query('analyze entities');
  await admin.end();
  await queue.lease(20, KINDS, LANES);
  const before = performance.now();
  for (let times = 0; times < 20; times += 1) assert.equal((await queue.lease(20, KINDS, LANES)).length, 20);
  const ms = (performance.now() - before) / 20;
  assert.ok(ms < 60, `${ms} ms for each lease`);
  const { rows } = await pool.query(
    `select seq_scan from pg_stat_user_tables where relname = 'entities' and schemaname = 'ingest'`,
  );
  t.diagnostic(`${ms.toFixed(1)} ms for each lease, ${rows[0].seq_scan} sequential scans`);
});
