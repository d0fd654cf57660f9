import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { eventually } from '@marquee/testing/eventually';
import { createPool, type Pool } from '../src/pool.ts';
import { StatementScope, StatementsEnded, withStatements } from '../src/statement-scope.ts';
import { run, type Scratch, scratch, silent } from './scratch.ts';

const SLEEP = 'select pg_sleep(60)';

describe('the statements of a request', () => {
  let db: Scratch;
  let pool: Pool;
  before(async () => {
    db = await scratch('movies');
    pool = createPool({ url: db.runtimeUrl, schema: 'movies', applicationName: 'scopes', max: 4, logger: silent });
  });
  after(async () => {
    await pool.end();
    await db.drop();
  });

  const running = async () => {
    const text = `select count(*)::integer as count from pg_stat_activity where application_name = 'scopes' and state = 'active'`;
    const [row] = await run<{ count: number }>(db.adminUrl, text);
    return row?.count;
  };
  const scopeOf = (connections: number, timeoutMs = 60_000) => new StatementScope({ connections, timeoutMs });
  /** The rows or the error of each. */
  const outcomes = (statements: readonly Promise<{ rows: unknown[] }>[]) =>
    Promise.all(
      statements.map((statement) =>
        statement.then(
          ({ rows }) => rows,
          (error: unknown) => error,
        ),
      ),
    );
  function hasEnded(error: unknown, message: RegExp): void {
    assert.ok(error instanceof StatementsEnded, String(error));
    assert.equal(error.extensions.code, 'QUERY_TIMEOUT');
    assert.match(error.message, message);
  }

  it('use no more connections at once than they may, so that others find one', async () => {
    const scope = scopeOf(2);
    const asleep = withStatements(scope, () => outcomes(Array.from({ length: 8 }, () => pool.query(SLEEP))));
    await eventually(async () => assert.equal(await running(), 2));
    const other = scopeOf(2);
    assert.deepEqual((await withStatements(other, () => pool.query('select 1 as one'))).rows, [{ one: 1 }]);
    assert.deepEqual((await pool.query('select 2 as two')).rows, [{ two: 2 }]);
    other.close();
    scope.end('gone');
    for (const outcome of await asleep) hasEnded(outcome, /^gone$/);
  });

  it('end on the server when the request goes away, and leave connections that can be used', async () => {
    const scope = scopeOf(3);
    const backends = async () => {
      const text = `select pid from pg_stat_activity where application_name = 'scopes' order by pid`;
      return run<{ pid: number }>(db.adminUrl, text);
    };
    const asleep = withStatements(scope, () =>
      outcomes([pool.query(SLEEP), pool.query({ name: 'sleep', text: SLEEP, values: [] })]),
    );
    await eventually(async () => assert.equal(await running(), 2));
    const before = await backends();
    scope.end('gone');
    for (const outcome of await asleep) hasEnded(outcome, /gone/);
    await eventually(async () => assert.equal(await running(), 0));
    assert.deepEqual(await backends(), before);
    await Promise.all(Array.from({ length: 20 }, (_, n) => pool.query('select $1::integer as n', [n])));
    const [late] = await withStatements(scope, () => outcomes([pool.query('select 1')]));
    hasEnded(late, /gone/);
  });

  it('end when all of them together take too long', async () => {
    const scope = scopeOf(1, 3_000);
    const [first, ...late] = await withStatements(scope, () =>
      outcomes([pool.query('select 1 as one'), pool.query(SLEEP), pool.query('select 3')]),
    );
    assert.deepEqual(first, [{ one: 1 }]);
    for (const outcome of late) hasEnded(outcome, /longer than 3000 ms: request fewer/);
    await eventually(async () => assert.equal(await running(), 0));
  });

  it('fail by themselves where they are wrong, and the connection stays', async () => {
    const scope = scopeOf(1);
    await assert.rejects(
      withStatements(scope, () => pool.query('select nothing_like_it')),
      { code: '42703' },
    );
    assert.deepEqual((await withStatements(scope, () => pool.query('select 1 as one'))).rows, [{ one: 1 }]);
    scope.close();
  });
});
