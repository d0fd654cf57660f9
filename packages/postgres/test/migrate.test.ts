import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@marquee/local-services/free-port';
import { migrate } from '../src/migrate.ts';
import { provision } from '../src/provision.ts';
import { rolesOf, run, type Scratch, scratch, silent } from './scratch.ts';
import { migration, slowMigrations } from './slow-migrations.ts';

const TABLES = `select table_name as name from information_schema.tables where table_schema = current_schema() order by 1`;

/** Backends that are in the sleep of a migration. */
const SLEEPING = `from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and wait_event = 'PgSleep'`;

describe('migrate', () => {
  let db: Scratch;
  before(async () => {
    db = await scratch('movies');
  });
  after(() => db.drop());

  async function schemaOf(
    name: string,
  ): Promise<{ ownerUrl: string; runtimeUrl: string; runtimeRole: string; schema: string }> {
    const roles = rolesOf(db, name);
    await provision({ adminUrl: db.adminUrl, ...roles, schema: name });
    return { ...roles, schema: name };
  }

  function start(ownerUrl: string, schema: string, seconds: number) {
    const child = spawn(process.execPath, [
      `${import.meta.dirname}/migrating-process.ts`,
      ownerUrl,
      schema,
      String(seconds),
    ]);
    const exit = once(child, 'exit') as Promise<[number | null, string | null]>;
    return { child, exit, output: text(child.stdout), log: text(child.stderr) };
  }

  test('four processes at once apply each migration once, and all end well', async () => {
    const { ownerUrl, schema } = await schemaOf('together');
    const processes = Array.from({ length: 4 }, () => start(ownerUrl, schema, 0.5));
    const outputs = await Promise.all(
      processes.map(async ({ exit, output }) => {
        await exit;
        return JSON.parse(await output);
      }),
    );
    assert.deepEqual(
      outputs.filter((names) => names.length > 0),
      [['0001-first', '0002-second']],
    );
    assert.equal(outputs.length, 4);
    const logs = await Promise.all(processes.map(({ log }) => log));
    assert.ok(logs.some((log) => log.includes('waiting for another process')));
    assert.deepEqual(
      (await run<{ name: string }>(ownerUrl, TABLES)).map(({ name }) => name),
      ['first', 'schema_migrations', 'schema_migrations_checksums', 'schema_migrations_lock', 'second', 'third'],
    );
  });

  test('one killed half way leaves nothing of its migration and no lock', async () => {
    const { ownerUrl, schema } = await schemaOf('killed');
    const victim = start(ownerUrl, schema, 3);
    while ((await run(db.adminUrl, `select 1 ${SLEEPING}`)).length === 0) await sleep(20);
    victim.child.kill('SIGKILL');
    await victim.exit;
    const next = start(ownerUrl, schema, 0);
    assert.deepEqual(JSON.parse(await next.output), ['0002-second']);
    assert.deepEqual(await run(ownerUrl, 'select name from schema_migrations order by id'), [
      { name: '0001-first' },
      { name: '0002-second' },
    ]);
  });

  test('a lock row that somebody left behind is no obstacle', async () => {
    const { ownerUrl, schema } = await schemaOf('stale');
    await migrate({ ownerUrl, schema, migrations: slowMigrations(0).slice(0, 1), logger: silent });
    await run(ownerUrl, 'update schema_migrations_lock set is_locked = 1');
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: slowMigrations(0), logger: silent }), [
      '0002-second',
    ]);
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: slowMigrations(0), logger: silent }), []);
  });

  test('a migration that fails is rolled back whole, and named; those before it stay', async () => {
    const { ownerUrl, schema } = await schemaOf('failing');
    const failing = migration('0002-failing', 'create table half (id int); select 1 / 0;');
    const [first] = slowMigrations(0);
    await assert.rejects(migrate({ ownerUrl, schema, migrations: [first, failing], logger: silent }), {
      code: 'MIGRATION_FAILED',
      message: /0002-failing failed and is rolled back: .*division by zero/,
    });
    assert.deepEqual(
      (await run<{ name: string }>(ownerUrl, TABLES)).map(({ name }) => name),
      ['first', 'schema_migrations', 'schema_migrations_checksums', 'schema_migrations_lock'],
    );
    const repaired = migration('0002-failing', 'create table half ();');
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first, repaired], logger: silent }), [
      '0002-failing',
    ]);
  });

  test('does nothing on a connection that does not hold the lock', async () => {
    const { ownerUrl, schema } = await schemaOf('lost');
    const [first, second] = slowMigrations(0);
    const sleeping = migration('0001-first', `${first.up} select pg_sleep(30);`);
    const broken = assert.rejects(
      migrate({ ownerUrl, schema, migrations: [sleeping, second], logger: silent }),
      (error: Error) => ['DATABASE_UNREACHABLE', 'MIGRATION_LOCK_LOST'].includes(Reflect.get(error, 'code')),
    );
    while ((await run(db.adminUrl, `select pg_terminate_backend(pid) ${SLEEPING}`)).length === 0) await sleep(20);
    await broken;
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent }), [
      '0001-first',
      '0002-second',
    ]);
  });

  test('leaves a schema alone that a newer version has expanded', async () => {
    const { ownerUrl, schema } = await schemaOf('ahead');
    const [first, second] = slowMigrations(0);
    await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent });
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first], logger: silent }), []);
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent }), []);
  });

  test('refuses a schema that a newer version has contracted', async () => {
    const { ownerUrl, schema } = await schemaOf('contracted');
    const [first, second] = slowMigrations(0);
    const contraction = { ...second, name: '0002-contract-second' };
    await migrate({ ownerUrl, schema, migrations: [first, contraction], logger: silent });
    await assert.rejects(migrate({ ownerUrl, schema, migrations: [first], logger: silent }), {
      code: 'DATABASE_AHEAD',
      exitCode: 2,
      message: /0002-contract-second/,
    });
  });

  test('refuses a completed migration whose file has changed, and runs nothing', async () => {
    const { ownerUrl, schema } = await schemaOf('changed');
    const [first, second] = slowMigrations(0);
    await migrate({ ownerUrl, schema, migrations: [first], logger: silent });
    const changed = migration(first.name, 'create table first (id bigint);');
    await assert.rejects(migrate({ ownerUrl, schema, migrations: [changed, second], logger: silent }), {
      code: 'MIGRATION_CHANGED',
      exitCode: 2,
      message: /0001-first/,
    });
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent }), ['0002-second']);
  });

  test('records the checksums of migrations that a version without checksums ran', async () => {
    const { ownerUrl, schema } = await schemaOf('unrecorded');
    const [first, second] = slowMigrations(0);
    await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent });
    await run(ownerUrl, 'drop table schema_migrations_checksums');
    assert.deepEqual(await migrate({ ownerUrl, schema, migrations: [first, second], logger: silent }), []);
    assert.deepEqual(
      await run(ownerUrl, 'select name, checksum from schema_migrations_checksums order by name'),
      [first, second].map(({ name, checksum }) => ({ name, checksum })),
    );
    const changed = migration(second.name, 'create table other ();');
    await assert.rejects(migrate({ ownerUrl, schema, migrations: [first, changed], logger: silent }), {
      code: 'MIGRATION_CHANGED',
    });
  });

  test('runs SQL as it is written, with question marks and backslashes', async () => {
    const { ownerUrl, schema } = await schemaOf('operators');
    const written = migration(
      '0001-operators',
      `create table results as select '{"a": 1}'::jsonb ? 'a' as has, 'a?' ~ 'a\\?$' as matches;`,
    );
    await migrate({ ownerUrl, schema, migrations: [written], logger: silent });
    assert.deepEqual(await run(ownerUrl, 'select * from results'), [{ has: true, matches: true }]);
  });

  test('serves a runtime role that nobody provisioned', async () => {
    const { ownerUrl, schema } = await schemaOf('plain');
    const role = `plain_reader_${db.name}`;
    await run(db.adminUrl, `create role ${role} login password 'reader'`);
    await migrate({ ownerUrl, runtimeRole: role, schema, migrations: slowMigrations(0), logger: silent });
    const url = new URL(ownerUrl);
    [url.username, url.password] = [role, 'reader'];
    await run(url.href, 'insert into plain.first values (1)');
    await assert.rejects(run(url.href, 'select * from plain.schema_migrations'), { code: '42501' });
    await assert.rejects(run(url.href, 'drop table plain.first'), { code: '42501' });
  });

  test('says where it looked for a database that is not there', async () => {
    const port = await freePort();
    const ownerUrl = `postgres://someone:s3cret@127.0.0.1:${port}/movies`;
    await assert.rejects(migrate({ ownerUrl, schema: 'x', migrations: [], logger: silent }), (error: Error) => {
      assert.equal(Reflect.get(error, 'code'), 'DATABASE_UNREACHABLE');
      assert.match(error.message, new RegExp(`127.0.0.1:${port}/movies`));
      assert.doesNotMatch(error.message, /s3cret/);
      return true;
    });
  });
});
