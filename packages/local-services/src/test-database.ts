import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Postgres, startPostgres } from './postgres.ts';
import { startWatchdog } from './watchdog.ts';

/** A database for one test or one file of tests. */
export interface TestDatabase {
  /** Connection string of a superuser, for this database. */
  readonly adminUrl: string;
  /** Its name, unique on the server. Names of a test's roles, which are the server's, end with `_<name>`. */
  readonly name: string;
  /** Returns the connection string of a role of the test, which this does not create. */
  urlOf(role: string): string;
  /** Drops it in spite of connections, and the roles whose names end with its name. */
  drop(): Promise<void>;
}

let shared: Promise<string> | undefined;

/**
 * Creates an empty database on a real Postgres: on the given server (a superuser's connection string), on that of TEST_DATABASE_URL, or on
 * one that this process starts at the first call and that ends, with its data, with this process.
 */
export async function testDatabase(server?: string): Promise<TestDatabase> {
  const serverUrl = server ?? (process.env.TEST_DATABASE_URL || (await throwAwayServer()));
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`create database ${name}`));
  const adminUrl = new URL(serverUrl);
  adminUrl.pathname = `/${name}`;
  return {
    adminUrl: adminUrl.href,
    name,
    urlOf(role) {
      const url = new URL(adminUrl);
      url.username = `${role}_${name}`;
      url.password = `password of ${role}`;
      return url.href;
    },
    drop: () =>
      onServer(serverUrl, async (client) => {
        await client.query(`drop database if exists ${name} with (force)`);
        const roles = await client.query<{ role: string }>(
          `select quote_ident(rolname) as role from pg_roles where rolname like $1`,
          [`%\\_${name}`],
        );
        for (const { role } of roles.rows) await client.query(`drop role if exists ${role}`);
      }),
  };
}

async function onServer(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url, application_name: 'marquee-test-database' });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Returns the connection string of a server that ends with this process. It does not wait for its disk. */
export function throwAwayServer(): Promise<string> {
  shared ??= startThrowAway({ durable: false }).then((postgres) => postgres.url);
  return shared;
}

/** Starts a server whose data is removed after this process: the watchdog removes it when the server has ended. */
export async function startThrowAway({ durable }: { readonly durable: boolean }): Promise<Postgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-postgres-'));
  await chmod(folder, 0o755); // the account of Postgres needs access to its data, whose own folder is private
  const postgres = await startPostgres({ dataDir: path.join(folder, 'data'), port: 0, durable });
  startWatchdog(
    '[ "$(head -n 1 "$4/postmaster.pid")" = "$1" ] && kill -QUIT "$1"; ' +
      'for _ in $(seq 100); do kill -0 "$1" || break; sleep 0.1; done; rm -rf "$2" "$3"',
    [String(postgres.pid), folder, path.dirname(postgres.dataDir), postgres.dataDir],
  );
  return postgres;
}
