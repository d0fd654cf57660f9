import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { createMetrics } from '@marquee/runtime/metrics';
import { checkDatabase, createPool, type Pool } from '../src/pool.ts';
import { inTransaction } from '../src/transaction.ts';
import { run, type Scratch, scratch, silent } from './scratch.ts';

describe('createPool', () => {
  let db: Scratch;
  let pool: Pool;
  const metrics = createMetrics('test');
  before(async () => {
    db = await scratch('movies');
    await run(db.ownerUrl, 'create table numbers (n int primary key)');
    pool = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'pool test', metrics, logger: silent });
  });
  after(async () => {
    await pool.end();
    await db.drop();
  });

  async function statements(): Promise<number> {
    const text = await metrics.getSingleMetricAsString('marquee_sql_statements_total');
    return Number(/ (\d+)$/m.exec(text)?.[1]);
  }

  test('looks in its schema, under its name, with a limit of time', async () => {
    const { rows } = await pool.query(
      `select current_schema() as schema, current_setting('application_name') as name, current_setting('statement_timeout') as timeout`,
    );
    assert.deepEqual(rows, [{ schema: 'movies', name: 'pool test', timeout: '30s' }]);
    const hasty = createPool({
      url: db.runtimeUrl,
      schema: 'movies',
      applicationName: 'x',
      statementTimeoutMs: 50,
      logger: silent,
    });
    await assert.rejects(hasty.query('select pg_sleep(5)'), { code: '57014' });
    await hasty.end();
  });

  test('keeps the options of the URL', async () => {
    const url = new URL(db.runtimeUrl);
    url.searchParams.set('options', '-c geqo=off');
    const other = createPool({ url: url.href, schema: 'odd name', applicationName: 'x', logger: silent });
    const { rows } = await other.query(
      `select current_setting('geqo') as geqo, current_setting('search_path') as path`,
    );
    assert.deepEqual(rows, [{ geqo: 'off', path: '"odd name",public' }]);
    await other.end();
  });

  test('parses what JavaScript would get wrong, for itself alone', async () => {
    const text = `select 9007199254740991::int8 as int8, 8.25::numeric as numeric, date '2026-11-22' as date,
      timestamptz '2026-11-22 10:00:00.123+02' as at, array[1, null]::int8[] as int8s, array[1.5]::numeric[] as numerics,
      array[date '1895-12-28'] as dates, null::int8 as nothing`;
    assert.deepEqual((await pool.query(text)).rows, [
      {
        int8: 9007199254740991,
        numeric: 8.25,
        date: '2026-11-22',
        at: new Date('2026-11-22T08:00:00.123Z'),
        int8s: [1, null],
        numerics: [1.5],
        dates: ['1895-12-28'],
        nothing: null,
      },
    ]);
    await assert.rejects(pool.query('select 9007199254740992::int8'), RangeError);
    assert.deepEqual((await pool.query('select 1 as alive')).rows, [{ alive: 1 }]);
    assert.deepEqual(await run(db.runtimeUrl, 'select 1::int8 as untouched'), [{ untouched: '1' }]);
  });

  test('counts the statements of the pool and of transactions, not their frame', async () => {
    const before = await statements();
    await pool.query('select 1');
    await checkDatabase(pool);
    await pool.query({ name: 'one', text: 'select $1::int as n', values: [1] });
    await inTransaction(pool, async (tx) => {
      await tx.query('select 1');
      await tx.query('savepoint here');
      await assert.rejects(tx.query('select 1 / 0'), { code: '22012' });
      await tx.query('rollback to savepoint here');
    });
    assert.equal((await statements()) - before, 4);
    assert.match(await metrics.getSingleMetricAsString('marquee_sql_statement_seconds'), /_count(\{.*\})? \d+/);
  });

  test('prepares a named statement once for a connection', async () => {
    const client = await pool.connect();
    for (const n of [1, 2]) await client.query({ name: 'prepared', text: 'select $1::int as n', values: [n] });
    const { rows } = await client.query(
      "select generic_plans + custom_plans as runs from pg_prepared_statements where name = 'prepared'",
    );
    assert.deepEqual(rows, [{ runs: 2 }]);
    client.release();
  });

  test('outlives the death of its connections, idle or at work', async () => {
    const own = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'mortal', logger: silent });
    const kill = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'mortal'`;
    await own.query('select 1');
    const error = once(own, 'error');
    await run(db.adminUrl, kill);
    await error;
    const work = inTransaction(own, async (tx) => {
      await tx.query('insert into numbers values (99)');
      const removed = once(own, 'remove');
      await run(db.adminUrl, kill);
      await tx.query('select 1');
      await removed;
    });
    await assert.rejects(work);
    assert.deepEqual((await own.query('select n from numbers where n = 99')).rows, []);
    await own.end();
  });

  test('does not print its password', () => {
    assert.doesNotMatch(JSON.stringify(pool.options), /secret/);
  });

  describe('checkDatabase', () => {
    const check = async (url: string) => {
      const other = createPool({ url, schema: 'movies', applicationName: 'check', logger: silent });
      const started = performance.now();
      try {
        await checkDatabase(other, 500);
        return 'ok';
      } catch (error) {
        return Reflect.get(error as object, 'code');
      } finally {
        assert.ok(performance.now() - started < 2_000);
        await other.end();
      }
    };
    test('passes', async () => assert.equal(await check(db.runtimeUrl), 'ok'));
    test('says that nothing listens', async () =>
      assert.equal(await check(`postgres://a:b@127.0.0.1:${await freePort()}/c`), 'DATABASE_UNREACHABLE'));
    test('says that the password is wrong', async () =>
      assert.equal(await check(db.runtimeUrl.replace('runtime', 'other')), 'DATABASE_AUTH_FAILED'));
    test('does not wait for a server that says nothing', async () => {
      const mute = createServer((socket) => void socket.resume()).listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const { port } = mute.address() as { port: number };
      assert.equal(await check(`postgres://a:b@127.0.0.1:${port}/c`), 'DATABASE_UNREACHABLE');
      mute.close();
    });
  });

  describe('inTransaction', () => {
    test('commits, and returns what the work returned', async () => {
      const result = await inTransaction(pool, async (tx) => {
        await tx.query('insert into numbers values (1)');
        return 'done';
      });
      assert.equal(result, 'done');
      assert.deepEqual((await pool.query('select n from numbers')).rows, [{ n: 1 }]);
    });
    test('rolls back on any error, and gives the connection back', async () => {
      const single = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'x', max: 1, logger: silent });
      for (const error of [new Error('changed my mind'), 'a thrown string']) {
        const work = inTransaction(single, async (tx) => {
          await tx.query('insert into numbers values (2)');
          throw error;
        });
        await assert.rejects(work, (thrown) => thrown === error);
      }
      await assert.rejects(
        inTransaction(single, (tx) => tx.query('insert into numbers values (1)')),
        { code: '23505' },
      );
      assert.deepEqual((await single.query('select n from numbers where n = 2')).rows, []);
      await single.end();
    });
  });
});
