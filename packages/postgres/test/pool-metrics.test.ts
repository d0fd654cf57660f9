import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics } from '@marquee/runtime/metrics';
import { createPool } from '../src/pool.ts';
import { scratch, silent } from './scratch.ts';

test('the pools of a registry are counted together, until they end', async (t) => {
  const database = await scratch();
  t.after(() => database.drop());
  const metrics = createMetrics('test');
  const create = (max: number) =>
    createPool({ url: database.runtimeUrl, schema: 'movies', applicationName: 'x', max, metrics, logger: silent });
  const [one, two] = [create(1), create(2)];
  const sample = async (name: string) => {
    const lines = (await metrics.metrics()).split('\n').filter((line) => line.startsWith(name));
    return lines.map((line) => Number(line.split(' ').at(-1)));
  };
  const first = await one.connect();
  const second = await two.connect();
  const waiting = one.connect();
  assert.deepEqual(await sample('marquee_database_pool_connections'), [2, 0]);
  assert.deepEqual(await sample('marquee_database_pool_waiting'), [1]);
  first.release();
  (await waiting).release();
  second.release();
  assert.deepEqual(await sample('marquee_database_pool_connections'), [0, 2]);
  await two.end();
  assert.deepEqual(await sample('marquee_database_pool_connections'), [0, 1]);
  await one.end();
  assert.deepEqual(await sample('marquee_database_pool_waiting'), [0]);
});
