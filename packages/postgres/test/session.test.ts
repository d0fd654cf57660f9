import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { testDatabase } from '@marquee/local-services/test-database';
import { openSession } from '../src/session.ts';

describe('openSession', { timeout: 60_000 }, () => {
  let database: Awaited<ReturnType<typeof testDatabase>>;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  async function open(rest: { schema?: string; channels?: string[]; heard?: string[]; idleLimitMs?: number } = {}) {
    const { heard = [], channels = [], ...options } = rest;
    return openSession({
      url: database.adminUrl,
      applicationName: 'session-test',
      channels,
      onNotification: (channel, payload) => heard.push(`${channel} ${payload}`),
      ...options,
    });
  }

  test('hears what is said on its channels, and on no others', async () => {
    const heard: string[] = [];
    const [listener, speaker] = [await open({ channels: ['a "channel"'], heard }), await open()];
    await speaker.query(`select pg_notify('another', 'x'), pg_notify('a "channel"', 'said')`);
    await listener.query('select 1');
    assert.deepEqual(heard, ['a "channel" said']);
    await Promise.all([listener.close(), speaker.close()]);
  });

  test('looks for names in its schema', async () => {
    const session = await open({ schema: 'a "schema"' });
    assert.deepEqual(await session.query('show search_path'), [{ search_path: '"a ""schema""", public' }]);
    await session.close();
  });

  test('frees its locks when the server ends it, and knows that it is lost', async () => {
    const [first, second] = [await open(), await open()];
    const lock = 'select pg_try_advisory_lock(42) as locked';
    assert.deepEqual(await first.query(lock), [{ locked: true }]);
    assert.deepEqual(await second.query(lock), [{ locked: false }]);
    const [{ pid }] = (await first.query('select pg_backend_pid() as pid')) as [{ pid: number }];
    await second.query('select pg_terminate_backend($1, 5000)', [pid]);
    assert.deepEqual(await second.query(lock), [{ locked: true }]);
    await assert.rejects(first.query('select 1'));
    assert.equal(first.lost.aborted, true);
    await Promise.all([first.close(), second.close()]);
  });

  test('is ended by the server, with its locks, when it has been idle for too long', async () => {
    const [idle, other] = [await open({ idleLimitMs: 200 }), await open()];
    await idle.query('select pg_advisory_lock(43)');
    await once(idle.lost, 'abort');
    assert.deepEqual(await other.query('select pg_try_advisory_lock(43) as locked'), [{ locked: true }]);
    await Promise.all([idle.close(), other.close()]);
  });

  test('ends with a statement that fails', async () => {
    const session = await open();
    await assert.rejects(session.query('select 1 / 0'), { code: '22012' });
    assert.equal(session.lost.aborted, true);
    await session.close();
  });
});
