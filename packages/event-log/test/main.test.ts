import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { freePort } from '@marquee/local-services/free-port';
import { testDatabase } from '@marquee/local-services/test-database';
import pg from 'pg';
import { createPostgresEventLog } from '../src/postgres.ts';
import { numbered } from './conformance/harness.ts';
import { testLogger } from './postgres-fixture.ts';

const program = fileURLToPath(new URL('../src/main.ts', import.meta.url));

function run(args: string[], env: Record<string, string> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { env: { PATH: process.env.PATH ?? '', ...env } };
    execFile(process.execPath, [program, ...args], options, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

describe('main.ts migrate', () => {
  it('makes an event log that works, as often as it is run, by a role that may do no more than it needs', async () => {
    const database = await testDatabase();
    const env = { EVENT_LOG_URL: database.urlOf('runtime'), EVENT_LOG_OWNER_URL: database.urlOf('owner') };
    const both = await Promise.all([
      run(['migrate'], { ...env, DATABASE_ADMIN_URL: database.adminUrl }),
      run(['migrate'], { ...env, DATABASE_ADMIN_URL: database.adminUrl }),
    ]);
    for (const { code, stderr } of both) assert.equal(code, 0, stderr);
    assert.equal((await run(['migrate'], env)).code, 0);

    const log = createPostgresEventLog({ url: env.EVENT_LOG_URL, logger: testLogger() });
    await log.createTopics([{ name: 'movies', partitions: 1, compacted: true }]);
    await log.publish('movies', numbered(0, 2));
    assert.equal((await log.endOffsets('movies')).get(0), 2n);
    await log.close();

    const runtime = new pg.Client({ connectionString: env.EVENT_LOG_URL });
    await runtime.connect();
    for (const statement of [
      'create table event_log.mine (id int)',
      'drop table event_log.records',
      'truncate event_log.records',
      'alter table event_log.records add column more text',
      'select * from event_log.schema_migrations',
      'create table public.mine (id int)',
    ]) {
      await assert.rejects(runtime.query(statement), { code: '42501' }, statement);
    }
    await runtime.end();
    await database.drop();
  });

  it('says what is missing and what is wrong, with exit code 2', async () => {
    const unset = await run(['migrate']);
    assert.equal(unset.code, 2);
    assert.match(unset.stderr, /EVENT_LOG_URL[\s\S]*EVENT_LOG_OWNER_URL/);
    for (const args of [[], ['migrat'], ['migrate', '--now']]) {
      const { code, stderr } = await run(args);
      assert.deepEqual([code, /Usage/.test(stderr)], [2, true], args.join(' '));
    }
    const help = await run(['--help']);
    assert.deepEqual([help.code, /Usage/.test(help.stdout)], [0, true]);
  });

  it('says that no database answers, with exit code 3', async () => {
    const port = await freePort();
    const { code, stderr } = await run(['migrate'], {
      EVENT_LOG_URL: `postgres://runtime:x@127.0.0.1:${port}/log`,
      EVENT_LOG_OWNER_URL: `postgres://owner:x@127.0.0.1:${port}/log`,
    });
    assert.equal(code, 3);
    assert.match(stderr, new RegExp(`127\\.0\\.0\\.1:${port}`));
  });
});
