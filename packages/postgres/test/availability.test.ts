import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { isTransient, isUnavailable, sqlState } from '../src/availability.ts';
import { createPool, type Pool } from '../src/pool.ts';
import { inTransaction } from '../src/transaction.ts';
import { run, type Scratch, scratch, silent } from './scratch.ts';

const errorOf = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail('did not reject'),
    (error: unknown) => error,
  );

describe('availability', () => {
  let db: Scratch;
  let pool: Pool;
  before(async () => {
    db = await scratch();
    pool = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'availability', logger: silent });
    await run(db.ownerUrl, 'create table rows_ (id int primary key); insert into rows_ values (1), (2)');
  });
  after(async () => {
    await pool.end();
    await db.drop();
  });

  test('a refused connection, by address and by a name with several addresses', async () => {
    const port = await freePort();
    for (const host of ['127.0.0.1', 'localhost']) {
      const away = createPool({
        url: `postgres://a:b@${host}:${port}/c`,
        schema: 'x',
        applicationName: 'x',
        logger: silent,
      });
      const error = await errorOf(away.query('select 1'));
      assert.equal(isUnavailable(error), true);
      assert.equal(sqlState(error), undefined);
      await away.end();
    }
  });

  test('a session that the server ends', async () => {
    const error = await errorOf(
      inTransaction(pool, async (tx) => {
        const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid');
        await Promise.all([
          tx.query('select pg_sleep(5)'),
          run(db.adminUrl, 'select pg_terminate_backend($1)', [rows[0]?.pid]),
        ]);
      }),
    );
    assert.equal(isUnavailable(error), true);
    assert.equal(isTransient(error), true);
  });

  test('a pool without a free connection', async () => {
    const single = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'x', max: 1, logger: silent });
    const client = await single.connect();
    single.options.connectionTimeoutMillis = 50;
    assert.equal(isUnavailable(await errorOf(single.query('select 1'))), true);
    client.release();
    await single.end();
  });

  test('a deadlock is transient, and does not mean that the database is away', async () => {
    const barrier = Promise.withResolvers<void>();
    let locked = 0;
    const lockBoth = (first: number, second: number) =>
      inTransaction(pool, async (tx) => {
        await tx.query('select 1 from rows_ where id = $1 for update', [first]);
        if (++locked === 2) barrier.resolve();
        await barrier.promise;
        await tx.query('select 1 from rows_ where id = $1 for update', [second]);
      });
    const results = await Promise.allSettled([lockBoth(1, 2), lockBoth(2, 1)]);
    const [failed, ...others] = results.filter((result) => result.status === 'rejected');
    assert.equal(others.length, 0);
    assert.equal(isTransient(failed?.reason), true);
    assert.equal(isUnavailable(failed?.reason), false);
  });

  test('a mistake in a statement is neither, and keeps its state', async () => {
    for (const [text, state] of [
      ['select 1 / 0', '22012'],
      ['insert into rows_ values (1)', '23505'],
      ['select * from nowhere', '42P01'],
    ] as const) {
      const error = await errorOf(pool.query(text));
      assert.equal(isTransient(error), false);
      assert.equal(sqlState(error), state);
    }
    assert.equal(isTransient(new Error('EPIPE')), false);
    assert.equal(sqlState(Object.assign(new Error('x'), { code: 'EPIPE' })), undefined);
  });

  test('looks through what wraps the cause', () => {
    const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    assert.equal(isUnavailable(new Error('wrapped', { cause: new AggregateError([refused]) })), true);
    assert.equal(isUnavailable(new AggregateError([new Error('other')])), false);
    assert.equal(isUnavailable(undefined), false);
  });
});
