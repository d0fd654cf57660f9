import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import knex, { type Knex } from 'knex';
import { advisoryLockKey } from './advisory-lock.ts';
import { isUnavailable } from './availability.ts';
import { toDatabaseError } from './database-error.ts';
import { CHECKSUMS_TABLE, grantRuntime, MIGRATIONS_TABLE } from './privileges.ts';
import type { Queryable } from './queryable.ts';

/**
 * A step of a schema's history, read from a file by `readMigrations`. Names sort in the order in which migrations run, and a released
 * migration never changes.
 *
 * A migration expands the schema, so that the previous version runs beside the new one and a deployment can be rolled back. A migration
 * that removes what no supported version uses is named `0007-contract-…`.
 */
export interface Migration {
  readonly name: string;
  /** SQL statements, which run in one transaction. */
  readonly up: string;
  /** SQL statements that undo `up`. */
  readonly down: string;
  /** SHA-256 of the file, in hexadecimal. */
  readonly checksum: string;
}

export interface MigrateOptions {
  /** Connection string of the role that owns the schema. A pooler in transaction mode would lose the session lock. */
  readonly ownerUrl: string;
  /** Is granted its privileges on all tables afterwards, as by `provision`. */
  readonly runtimeRole?: string;
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly logger: Logger;
}

/**
 * Runs the pending migrations in order, each in a transaction with its record, and returns their names. Waits for other processes that
 * migrate the schema.
 *
 * @throws MarqueeError `MIGRATION_FAILED` with the migration's name: it is rolled back, earlier ones stay; `MIGRATION_CHANGED` (exit code 2)
 * when the file of a completed migration differs from the one that ran; `DATABASE_AHEAD` (exit code 2) when a newer version has contracted
 * the schema; and the errors of `toDatabaseError`.
 */
export async function migrate(options: MigrateOptions): Promise<readonly string[]> {
  const { ownerUrl, runtimeRole, schema, logger } = options;
  const db = knex({
    client: 'pg',
    connection: {
      connectionString: ownerUrl,
      application_name: `marquee-migrate-${schema}`,
      connectionTimeoutMillis: 5_000,
    },
    searchPath: [schema, 'public'],
    // One connection holds the lock and runs the migrations: when it breaks, both the lock and the transaction end.
    pool: { min: 1, max: 1 },
    log: knexLog(logger),
  });
  try {
    const backend = await lock(db, schema, logger);
    const applied = await runPending(db, options, backend);
    if (runtimeRole !== undefined) await grant(db, { schema, runtimeRole });
    return applied;
  } catch (error) {
    throw toDatabaseError(error, ownerUrl);
  } finally {
    await db.destroy();
  }
}

/** Waits for the schema's advisory lock, which ends with the connection. Returns the process id of the backend. */
async function lock(db: Knex, schema: string, logger: Logger): Promise<number> {
  // Migrations, and the wait for another process, may take longer than the role's limit.
  await db.raw('set statement_timeout = 0');
  const key = advisoryLockKey(`migrate:${schema}`);
  const { rows } = await db.raw('select pg_try_advisory_lock(?) as locked, pg_backend_pid() as backend', [key]);
  const [{ locked, backend }] = rows as [{ locked: boolean; backend: number }];
  if (!locked) {
    logger.info({ schema }, 'waiting for another process that migrates the schema');
    await db.raw('select pg_advisory_lock(?)', [key]);
  }
  return backend;
}

function migratorConfig({ migrations, schema }: MigrateOptions, backend: number): Knex.MigratorConfig {
  return {
    tableName: MIGRATIONS_TABLE,
    schemaName: schema,
    disableMigrationsListValidation: true, // refuseContracted and refuseChanged validate with clearer errors
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: (migration: Migration) => migration.name,
      getMigration: async ({ name, checksum, up, down }: Migration) => ({
        up: async (trx: Knex) => {
          await refuseOtherBackend(trx, backend);
          await runStatements(trx, up);
          await trx(CHECKSUMS_TABLE).withSchema(schema).insert({ name, checksum }).onConflict('name').merge();
        },
        down: (trx: Knex) => runStatements(trx, down),
      }),
    },
  };
}

/** Sends SQL as it is written; `raw` would replace question marks. */
async function runStatements(trx: Knex, sql: string): Promise<void> {
  const connection = (await trx.client.acquireConnection()) as Queryable;
  await connection.query(sql);
}

async function runPending(db: Knex, options: MigrateOptions, backend: number): Promise<string[]> {
  const config = migratorConfig(options, backend);
  // knex's own lock, a row, survives a killed process. It is stale whenever we hold the advisory lock.
  await db.migrate.forceFreeMigrationsLock(config);
  const [completed, pending]: [{ name: string }[], Migration[]] = await db.migrate.list(config);
  refuseContracted(completed, options);
  await refuseChanged(db, completed, options);
  for (const { name } of pending) {
    const started = performance.now();
    try {
      // `up` runs one migration in a transaction; `latest` would run all of them in one.
      await db.migrate.up({ ...config, name } as Knex.MigratorConfig);
    } catch (cause) {
      if (cause instanceof MarqueeError || isUnavailable(cause)) throw cause;
      throw new MarqueeError('MIGRATION_FAILED', `Migration ${name} failed and is rolled back: ${messageOf(cause)}`, {
        cause,
      });
    }
    options.logger.info({ migration: name, ms: Math.round(performance.now() - started) }, 'migrated');
  }
  return pending.map(({ name }) => name);
}

/** knex silently replaces a connection that broke, and the new one does not hold the lock. */
async function refuseOtherBackend(trx: Knex, backend: number): Promise<void> {
  const { rows } = await trx.raw('select pg_backend_pid() as backend');
  if (rows[0].backend === backend) return;
  throw new MarqueeError('MIGRATION_LOCK_LOST', 'The connection that held the migration lock broke. Migrate again.', {
    retryable: true,
  });
}

/** Names of migrations that contract the schema. */
const CONTRACTION = /^\d+-contract-/;

/** Rejects a schema from which a newer version has removed something. Its additions do no harm. */
function refuseContracted(
  completed: readonly { name: string }[],
  { migrations, schema, logger }: MigrateOptions,
): void {
  const known = new Set(migrations.map(({ name }) => name));
  const unknown = completed.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length > 0) logger.warn({ schema, migrations: unknown }, 'a newer version has migrated the schema');
  const contractions = unknown.filter((name) => CONTRACTION.test(name));
  if (contractions.length === 0) return;
  throw new MarqueeError(
    'DATABASE_AHEAD',
    `Schema ${schema} lacks what this version needs: ${contractions.join(', ')} removed it. Run a newer version.`,
    { exitCode: EXIT.usage },
  );
}

/**
 * Rejects a completed migration whose file has changed since it ran. Records the checksums of migrations that ran before checksums were
 * recorded, or that a version without checksums ran (docs/decisions/0023-migrations.md).
 */
async function refuseChanged(
  db: Knex,
  completed: readonly { name: string }[],
  { migrations, schema }: MigrateOptions,
): Promise<void> {
  await db.raw('create table if not exists ?? (name text primary key, checksum text not null)', [
    `${schema}.${CHECKSUMS_TABLE}`,
  ]);
  const table = () => db(CHECKSUMS_TABLE).withSchema(schema);
  const names = new Set(completed.map(({ name }) => name));
  const ran = migrations.filter(({ name }) => names.has(name)).map(({ name, checksum }) => ({ name, checksum }));
  if (ran.length > 0) await table().insert(ran).onConflict('name').ignore();
  const rows: { name: string; checksum: string }[] = await table().select();
  const recorded = new Map(rows.map(({ name, checksum }) => [name, checksum]));
  const changed = ran.filter(({ name, checksum }) => recorded.get(name) !== checksum).map(({ name }) => name);
  if (changed.length === 0) return;
  throw new MarqueeError(
    'MIGRATION_CHANGED',
    `Schema ${schema} was migrated with another content of ${changed.join(', ')}. Restore the released file, and add a migration for the change.`,
    { exitCode: EXIT.usage },
  );
}

async function grant(db: Knex, names: { schema: string; runtimeRole: string }): Promise<void> {
  const connection = (await db.client.acquireConnection()) as Queryable;
  try {
    await connection.query('begin');
    await grantRuntime(connection, names);
    await connection.query('commit');
  } finally {
    await db.client.releaseConnection(connection);
  }
}

/** Logs knex's messages for debugging only: failures reach the caller as errors. */
function knexLog(logger: Logger): Knex.Logger {
  const debug = (message: unknown) => logger.debug({ knex: message }, 'knex');
  return { debug, warn: debug, error: debug, deprecate: (method) => debug(method) };
}
