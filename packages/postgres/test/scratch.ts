import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { createLogger } from '@marquee/runtime/logger';
import pg from 'pg';
import { provision } from '../src/provision.ts';

/** A fresh database with one provisioned schema, and the connection strings of its roles. */
export interface Scratch extends TestDatabase {
  readonly schema: string;
  readonly ownerUrl: string;
  readonly runtimeUrl: string;
  readonly runtimeRole: string;
}

export const silent = createLogger('test', 'silent');

export async function scratch(schema = 'movies'): Promise<Scratch> {
  const database = await testDatabase();
  const roles = rolesOf(database, schema);
  await provision({ adminUrl: database.adminUrl, ...roles, schema });
  return { ...database, ...roles, schema };
}

export function rolesOf(database: TestDatabase, schema: string) {
  return {
    ownerUrl: as(database.adminUrl, `${schema}_owner_${database.name}`, 'owner secret'),
    runtimeUrl: as(database.adminUrl, `${schema}_${database.name}`, 'runtime secret'),
    runtimeRole: `${schema}_${database.name}`,
  };
}

/** The same database under another login. */
export function as(url: string, user: string, password: string): string {
  const other = new URL(url);
  other.username = encodeURIComponent(user);
  other.password = encodeURIComponent(password);
  return other.href;
}

/** Runs one statement on a connection of its own. */
export async function run<Row extends pg.QueryResultRow>(
  url: string,
  text: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows;
  } finally {
    await client.end();
  }
}
