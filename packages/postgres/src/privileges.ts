import pg from 'pg';
import type { Queryable } from './queryable.ts';

const { escapeIdentifier } = pg;

/** knex's table of completed migrations, in each schema. */
export const MIGRATIONS_TABLE = 'schema_migrations';
/** The checksums of completed migrations, in each schema. */
export const CHECKSUMS_TABLE = `${MIGRATIONS_TABLE}_checksums`;
const MIGRATIONS_TABLES = [MIGRATIONS_TABLE, `${MIGRATIONS_TABLE}_lock`, CHECKSUMS_TABLE];

/**
 * Grants the runtime role reads and writes of rows in a schema, also in tables that its owner creates later, and nothing else: no DDL, no
 * TRUNCATE, no access to the tables of migrations. Run it as the owner; it is idempotent.
 */
export async function grantRuntime(owner: Queryable, names: { schema: string; runtimeRole: string }): Promise<void> {
  const schema = escapeIdentifier(names.schema);
  const role = escapeIdentifier(names.runtimeRole);
  await owner.query(`revoke all on schema ${schema} from public`);
  await owner.query(`grant usage on schema ${schema} to ${role}`);
  await owner.query(`grant select, insert, update, delete on all tables in schema ${schema} to ${role}`);
  await owner.query(`grant usage, select on all sequences in schema ${schema} to ${role}`);
  const future = `alter default privileges in schema ${schema} grant`;
  await owner.query(`${future} select, insert, update, delete on tables to ${role}`);
  await owner.query(`${future} usage, select on sequences to ${role}`);
  const { rows } = await owner.query<{ name: string }>(
    'select c.relname as name from pg_class c where c.relnamespace = $1::regnamespace and c.relname = any($2)',
    [schema, MIGRATIONS_TABLES],
  );
  for (const { name } of rows) await owner.query(`revoke all on ${schema}.${escapeIdentifier(name)} from ${role}`);
}
