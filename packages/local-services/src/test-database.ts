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
  /** Its name, unique on the server. Roles belong to the server, not to a database: a test that makes some ends their names with `_<name>`. */
  readonly name: string;
  /** Drops it, whoever is connected, and the roles whose names end with its name. */
  drop(): Promise<void>;
}

let shared: Promise<string> | undefined;

/**
 * A fresh, empty database on a real Postgres: on the server at TEST_DATABASE_URL (a superuser), or on a throw-away one that this
 * process starts the first time and that is gone, with its data, when the process is gone.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = process.env.TEST_DATABASE_URL || (await throwAwayServer());
  const name = `test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, (client) => client.query(`create database ${name}`));
  const adminUrl = new URL(serverUrl);
  adminUrl.pathname = `/${name}`;
  return {
    adminUrl: adminUrl.href,
    name,
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

/** The connection string of a server that lives as long as this process. */
export function throwAwayServer(): Promise<string> {
  shared ??= startThrowAway().then((postgres) => postgres.url);
  return shared;
}

/** A server whose data goes with this process: the watchdog removes it once the server is gone. */
async function startThrowAway(): Promise<Postgres> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-postgres-'));
  await chmod(folder, 0o755); // the account of Postgres has to get to its data, which is closed to others itself
  const postgres = await startPostgres({ dataDir: path.join(folder, 'data'), port: 0, durable: false });
  startWatchdog(
    '[ "$(head -n 1 "$4/postmaster.pid")" = "$1" ] && kill -QUIT "$1"; ' +
      'for _ in $(seq 100); do kill -0 "$1" || break; sleep 0.1; done; rm -rf "$2" "$3"',
    [String(postgres.pid), folder, path.dirname(postgres.dataDir), postgres.dataDir],
  );
  return postgres;
}
