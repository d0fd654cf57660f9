import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MOVIE_RATINGS } from '@marquee/events/topics';
import { createPool } from '@marquee/postgres/pool';
import { createLogger } from '@marquee/runtime/logger';
import { testEventLog } from '@marquee/testing/event-log';
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
