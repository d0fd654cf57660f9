import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { createPool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { testEventLog } from '@marquee/testing/event-log';
import { eventually } from '@marquee/testing/eventually';
import { migratedSubgraphDatabase } from '@marquee/testing/subgraph-database';
import { launchSubgraph } from '@marquee/testing/subgraph-process';
import { migrations } from './fixtures/movies/migrations.ts';

const main = new URL('fixtures/movies/main.ts', import.meta.url);
const logger = createLogger('test', 'silent');

/** A database with an event log in it, and a superuser's pool. */
async function stage() {
  const database = await migratedSubgraphDatabase({ name: 'movies', migrations });
  const log = await testEventLog(database, MOVIE_RATINGS);
  const url = database.env.DATABASE_ADMIN_URL;
  const admin = createPool({ url, schema: 'public', applicationName: 'test', logger });
  return {
    log,
    admin,
    env: { ...database.env, ...log.env },
    async [Symbol.asyncDispose]() {
      await log.eventLog.close();
      await admin.end();
      await database.drop();
    },
  };
}

describe('a consumer that crashes after each restart', { timeout: 180_000 }, () => {
  it('ends the process with exit code 5, with the API in it', async () => {
    await using the = await stage();
    const subgraph = launchSubgraph(main, ['serve', 'consume'], the.env);
    try {
      const api = await subgraph.listening;
      assert.equal((await api.get('/readyz')).status, 200);
      const role = new URL(the.env.EVENT_LOG_URL).username;
      await the.admin.query(`revoke all on all tables in schema event_log from ${role}`);
      assert.equal(await subgraph.ended, 5);
      const fatal = subgraph.log.map((line) => JSON.parse(line)).filter(({ code }) => code === 'CRASHED');
      assert.equal(fatal.length, 1);
      assert.match(fatal[0].msg, /after 5 restarts .*permission denied/);
    } finally {
      await subgraph.kill();
    }
  });
});

/** The response of `/readyz`, as far as the tests look at it. */
interface Readiness {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
  readonly reasons?: Readonly<Record<string, string>>;
}

describe('an event that is stuck', { timeout: 180_000 }, () => {
  it('shows in the readiness of a consumer until it is applied, and an API that consumes too stays ready', async () => {
    await using the = await stage();
    const env = { ...the.env, CONSUMER_STALLED_AFTER_MS: '1500' };
    const running = [launchSubgraph(main, ['consume'], env), launchSubgraph(main, ['serve', 'consume'], env)];
    const locking = await the.admin.connect();
    try {
      const processes = await Promise.all(running.map(({ listening }) => listening));
      const readinessOf = async (process: (typeof processes)[number]) => {
        const response = await process.get('/readyz');
        return { status: response.status, ...((await response.json()) as Readiness) };
      };
      for (const process of processes) {
        await eventually(async () => assert.equal((await readinessOf(process)).checks['inbox progress'], 'ok'));
      }
      await locking.query('begin; lock table movies.movies in exclusive mode');
      // In all partitions, so that each of the two processes has a stuck one.
      const ratings = Array.from({ length: 60 }, (_, n) => ({
        movieId: String(n),
        voteAverage: 7.5,
        voteCount: 1,
        reviews: [],
      }));
      await the.log.publish(ratings, new Date());
      for (const [index, status] of [503, 200].entries()) {
        const process = processes[index] as (typeof processes)[number];
        await eventually(async () => {
          const readiness = await readinessOf(process);
          assert.equal(readiness.checks['inbox progress'], 'failing');
          assert.equal(readiness.status, status);
          assert.match(
            readiness.reasons?.['inbox progress'] ?? '',
            /^marquee\.movie-ratings\.v1\/\d has been at offset 0 of \d+ since 20\S+Z/,
          );
          const metrics = await (await process.get('/metrics')).text();
          assert.match(metrics, /^marquee_event_log_stalled_partitions\{.*group="marquee\.movies".*\} [1-9]/m);
        }, 30_000);
      }
      await locking.query('rollback');
      for (const process of processes) {
        await eventually(async () => {
          const { status, checks } = await readinessOf(process);
          assert.deepEqual([status, checks['inbox progress']], [200, 'ok']);
        }, 30_000);
      }
    } finally {
      locking.release();
      for (const { signal, ended } of running) {
        signal('SIGTERM');
        assert.equal(await ended, 0);
      }
    }
  });
});
