import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freePort } from '@marquee/local-services/free-port';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { migrate } from '../src/migrate.ts';
import { provision } from '../src/provision.ts';
import { as, rolesOf, run, silent } from './scratch.ts';
import { migration } from './slow-migrations.ts';

describe('provision', () => {
  let database: TestDatabase;
  before(async () => {
    database = await testDatabase();
  });
  after(() => database.drop());

  const titles = migration(
    '0001-titles',
    `create table titles (id bigint generated always as identity primary key, title text);
     create table serials (id serial primary key);`,
  );

  test('gives the runtime role rows, and no DDL, and no other schema', async () => {
    for (const schema of ['movies', 'people']) {
      const roles = rolesOf(database, schema);
      await provision({ adminUrl: database.adminUrl, ...roles, schema, extensions: ['pg_trgm', 'unaccent'] });
      await migrate({ ...roles, schema, migrations: [titles], logger: silent });
    }
    const { runtimeUrl, ownerUrl } = rolesOf(database, 'movies');
    await run(runtimeUrl, "insert into titles (title) values ('Heat')");
    await run(runtimeUrl, 'insert into serials default values');
    await run(runtimeUrl, "update titles set title = 'Heat, again'");
    assert.deepEqual(await run(runtimeUrl, 'select id, title from movies.titles'), [{ id: '1', title: 'Heat, again' }]);
    assert.deepEqual(await run(runtimeUrl, "select similarity('abc', 'abc') as s, unaccent('é') as u"), [
      { s: 1, u: 'e' },
    ]);
    await run(runtimeUrl, 'delete from titles');

    for (const refused of [
      'select * from people.titles',
      'create table movies.mine ()',
      'create table public.mine ()',
      'create temporary table mine ()',
      'create schema mine',
      'alter table titles add column x int',
      'drop table titles',
      'truncate titles',
      'select * from schema_migrations',
      'select * from schema_migrations_checksums',
      'update schema_migrations_lock set is_locked = 1',
    ]) {
      await assert.rejects(run(runtimeUrl, refused), { code: '42501' }, refused);
    }
    await assert.rejects(run(ownerUrl, 'select * from people.titles'), { code: '42501' });
  });

  test('covers tables that appear without migrate', async () => {
    const { runtimeUrl, ownerUrl } = rolesOf(database, 'movies');
    await run(ownerUrl, 'create table later (id serial)');
    await run(runtimeUrl, 'insert into later default values');
    await assert.rejects(run(runtimeUrl, 'drop table later'), { code: '42501' });
  });

  test('takes over a password that changed', async () => {
    const schema = 'changing';
    const roles = rolesOf(database, schema);
    await provision({ adminUrl: database.adminUrl, ...roles, schema });
    await provision({ adminUrl: database.adminUrl, ...roles, schema });
    await run(roles.runtimeUrl, 'select 1');
    for (const password of ['it\'s \\ a $1 "quoted" %41 one', 'pässwörd \u2168']) {
      const runtimeUrl = as(database.adminUrl, roles.runtimeRole, password);
      await provision({ adminUrl: database.adminUrl, ...roles, runtimeUrl, schema });
      await run(runtimeUrl, 'select 1');
      await assert.rejects(run(roles.runtimeUrl, 'select 1'), { code: '28P01' });
    }
  });

  test('quotes names that need it', async () => {
    const schema = 'odd "schema"; drop';
    const roles = {
      ownerUrl: as(database.adminUrl, `own "er' \\ _${database.name}`, 'a'),
      runtimeUrl: as(database.adminUrl, `run; time_${database.name}`, 'b'),
    };
    await provision({ adminUrl: database.adminUrl, ...roles, schema });
    assert.deepEqual(await run(roles.runtimeUrl, 'select current_schema() as schema'), [{ schema }]);
  });

  test('runs many times at once, in several databases of one server', async () => {
    const other = await testDatabase();
    try {
      const schema = 'crowd';
      const roles = rolesOf(database, schema);
      const there = (url: string) => new URL(new URL(other.adminUrl).pathname, url).href;
      await Promise.all(
        [1, 2, 3, 4].flatMap(() => [
          provision({ adminUrl: database.adminUrl, ...roles, schema, extensions: ['pg_trgm'] }),
          provision({
            adminUrl: other.adminUrl,
            ownerUrl: there(roles.ownerUrl),
            runtimeUrl: there(roles.runtimeUrl),
            schema,
          }),
        ]),
      );
      await run(roles.runtimeUrl, 'select 1');
      await run(there(roles.runtimeUrl), 'select 1');
    } finally {
      await other.drop();
    }
  });

  test('needs CREATEROLE and CREATE on the database, not a superuser', async () => {
    const schema = 'modest';
    const admin = `admin_${database.name}`;
    await run(database.adminUrl, `create role ${admin} login createrole password 'pw'`);
    await run(database.adminUrl, `grant create on database ${database.name} to ${admin}`);
    const adminUrl = as(database.adminUrl, admin, 'pw');
    const roles = rolesOf(database, schema);
    for (let time = 0; time < 2; time++) await provision({ adminUrl, ...roles, schema, extensions: ['btree_gin'] });
    await migrate({ ...roles, schema, migrations: [titles], logger: silent });
    await run(roles.runtimeUrl, 'insert into titles default values');
    await assert.rejects(provision({ adminUrl, ...rolesOf(database, 'movies'), schema: 'movies' }), {
      code: 'DATABASE_FORBIDDEN',
      exitCode: 2,
      message: /may not manage role "movies_\w+", which somebody else created|may not manage role "movies_owner/,
    });

    const weak = `weak_${database.name}`;
    await run(database.adminUrl, `create role ${weak} login password 'pw'`);
    await assert.rejects(
      provision({ adminUrl: as(database.adminUrl, weak, 'pw'), ...rolesOf(database, 'none'), schema: 'none' }),
      { code: 'DATABASE_FORBIDDEN', message: /may not create roles/ },
    );
    assert.deepEqual(await run(database.adminUrl, "select 1 from pg_namespace where nspname = 'none'"), []);
  });

  describe('refuses, in one clear message without a password', () => {
    const at = (url: string, change: (url: URL) => void) => {
      const other = new URL(url);
      change(other);
      return other.href;
    };
    async function refusal(
      options: Partial<Parameters<typeof provision>[0]>,
      code: string,
      exitCode: number,
      text: RegExp,
    ) {
      const roles = rolesOf(database, 'refused');
      const error: unknown = await provision({
        adminUrl: database.adminUrl,
        ...roles,
        schema: 'refused',
        ...options,
      }).then(
        () => assert.fail('was not refused'),
        (reason) => reason,
      );
      assert.ok(error instanceof Error);
      assert.deepEqual(
        { code: Reflect.get(error, 'code'), exitCode: Reflect.get(error, 'exitCode') },
        { code, exitCode },
      );
      assert.match(error.message, text);
      assert.doesNotMatch(error.message, /s3cret/);
      assert.deepEqual(await run(database.adminUrl, "select 1 from pg_namespace where nspname = 'refused'"), []);
    }

    test('a server that is not there', async () => {
      const port = await freePort();
      const adminUrl = `postgres://someone:s3cret@127.0.0.1:${port}/${database.name}`;
      await refusal({ adminUrl }, 'DATABASE_UNREACHABLE', 3, new RegExp(`127\\.0\\.0\\.1:${port}/${database.name}`));
    });
    test('a wrong password', () =>
      refusal(
        { adminUrl: at(database.adminUrl, (u) => (u.password = 's3cret')) },
        'DATABASE_AUTH_FAILED',
        2,
        /refuses the login/,
      ));
    test('a missing password', () =>
      refusal(
        { adminUrl: at(database.adminUrl, (u) => (u.password = '')) },
        'DATABASE_AUTH_FAILED',
        2,
        /refuses the login/,
      ));
    test('a database that is not there', () => {
      const elsewhere = (url: string) => at(url, (u) => (u.pathname = '/nowhere'));
      const { ownerUrl, runtimeUrl } = rolesOf(database, 'refused');
      return refusal(
        { adminUrl: elsewhere(database.adminUrl), ownerUrl: elsewhere(ownerUrl), runtimeUrl: elsewhere(runtimeUrl) },
        'DATABASE_MISSING',
        2,
        /no database "nowhere"/,
      );
    });
    test('URLs of different databases', () =>
      refusal(
        { ownerUrl: at(database.adminUrl, (u) => (u.pathname = '/other')) },
        'DATABASE_URLS_DISAGREE',
        2,
        /other \(owner\)/,
      ));
    test('one role for both', () =>
      refusal({ ownerUrl: rolesOf(database, 'refused').runtimeUrl }, 'DATABASE_URLS_DISAGREE', 2, /must differ/));
    test('a superuser as the runtime role', () =>
      refusal({ runtimeUrl: database.adminUrl }, 'DATABASE_ROLE_TOO_POWERFUL', 2, /is a superuser/));
    test('an extension that the server lacks', () =>
      refusal({ extensions: ['no_such_thing'] }, 'DATABASE_EXTENSION_MISSING', 2, /lacks the extension no_such_thing/));
    test('what is no URL', () => refusal({ adminUrl: 's3cret@host' }, 'INVALID_DATABASE_URL', 2, /must look like/));
    test('a schema of somebody else', async () => {
      await run(database.adminUrl, 'create schema taken');
      await refusal({ schema: 'taken' }, 'DATABASE_SCHEMA_TAKEN', 2, /belongs to role/);
    });
  });
});
