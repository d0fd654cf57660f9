import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createShutdown, STAGE } from '../src/shutdown.ts';

test('clients end before what they call, each stage after the one before it', async () => {
  const shutdown = createShutdown();
  const order: string[] = [];
  const add = (stage: (typeof STAGE)[keyof typeof STAGE], name: string, ms: number) =>
    shutdown.add(stage, {
      stop: async () => {
        await sleep(ms);
        order.push(name);
      },
      kill: () => {},
    });
  add(STAGE.database, 'Postgres', 0);
  add(STAGE.gateway, 'gateway', 30);
  add(STAGE.subgraphs, 'movies', 20);
  add(STAGE.subgraphs, 'people', 10);
  add(STAGE.work, 'ingest', 30);
  await Promise.all([shutdown.stop(), shutdown.stop()]);
  assert.deepEqual(order, ['ingest', 'gateway', 'people', 'movies', 'Postgres']);
  assert.ok(shutdown.stopping.aborted);
});

test('a part that cannot be stopped does not keep the others from it', async () => {
  const shutdown = createShutdown();
  let stopped = false;
  shutdown.add(STAGE.gateway, { stop: () => Promise.reject(new Error('stuck')), kill: () => {} });
  shutdown.add(STAGE.database, {
    stop: async () => {
      stopped = true;
    },
    kill: () => {},
  });
  await assert.rejects(shutdown.stop(), AggregateError);
  assert.ok(stopped);
});

test('a part that comes up while its stage is over is stopped too', async () => {
  const shutdown = createShutdown();
  let late = false;
  shutdown.add(STAGE.database, {
    stop: async () => {
      shutdown.add(STAGE.subgraphs, {
        stop: async () => {
          late = true;
        },
        kill: () => {},
      });
    },
    kill: () => {},
  });
  await shutdown.stop();
  assert.ok(late);
});
