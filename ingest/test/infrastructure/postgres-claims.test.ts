import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClaim } from '../../src/infrastructure/postgres-claims.ts';
import { queueDatabase } from './queue-database.ts';

test('replicas do work of one name one after the other, also when it fails', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const { signal: stop } = new AbortController();
  const steps: string[] = [];
  const work = async (name: string) => {
    const { replica } = await join();
    await withClaim({ pool, replica: replica.id, stop }, 'work', async () => {
      steps.push(`${name} begins`);
      await sleep(200);
      steps.push(`${name} ends`);
      if (name === 'one') throw new Error('it fails');
    });
  };
  const first = work('one');
  first.catch(() => {});
  while (steps.length === 0) await sleep(10);
  await Promise.all([work('two'), assert.rejects(first, /it fails/)]);
  assert.deepEqual(steps, ['one begins', 'one ends', 'two begins', 'two ends']);
});

test('the claim of a dead replica ends with its heartbeats, and waiting ends when the process stops', async (t) => {
  const { pool, join } = await queueDatabase(t);
  const [dead, waiting] = [(await join()).replica, (await join()).replica];
  const { signal: stop } = new AbortController();
  withClaim({ pool, replica: dead.id, stop }, 'work', () => new Promise(() => {}));
  const stopping = AbortSignal.timeout(500);
  await assert.rejects(
    withClaim({ pool, replica: waiting.id, stop: stopping }, 'work', async () => 'done'),
    { name: 'AbortError' },
  );
  await pool.query(`update replicas set heartbeat_at = now() - interval '1 hour' where id = $1`, [dead.id()]);
  await join();
  assert.equal(await withClaim({ pool, replica: waiting.id, stop }, 'work', async () => 'done'), 'done');
});
