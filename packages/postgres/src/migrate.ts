import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { Logger } from '@marquee/runtime/logger';
import knex, { type Knex } from 'knex';
import { advisoryLockKey } from './advisory-lock.ts';
import { isUnavailable } from './availability.ts';
import { toDatabaseError } from './database-error.ts';
import { grantRuntime, MIGRATIONS_TABLE } from './privileges.ts';
import type { Queryable } from './queryable.ts';

/**
 * A step of a schema's history. Names sort in the order in which they apply, and never change once released.
 *
 * A step expands the schema: whoever knew it before can go on as before, so that versions overlap while one replaces the other, and can
 * be rolled back. A step that takes away what nobody uses any more is named so: `0007-contract-…`.
 */
export interface Migration {
  readonly name: string;
  readonly up: (knex: Knex) => Promise<void>;
  readonly down: (knex: Knex) => Promise<void>;
}

export interface MigrateOptions {
  /** Of the role that owns the schema; a direct connection, since a pooler in transaction mode loses session locks. */
  readonly ownerUrl: string;
  /** Gets its privileges on the tables that are there afterwards, as `provision` grants them. */
  readonly runtimeRole?: string;
  readonly schema: string;
  readonly migrations: readonly Migration[];
  readonly logger: Logger;
}

/**
 * Applies what has not been applied, in order, each migration and its record in one transaction, and returns their names.
 * Others that migrate the schema at the same time are waited for, however they end.
 *
 * @throws MarqueeError `MIGRATION_FAILED`, with its name: it is rolled back, those before it stay; `DATABASE_AHEAD` (exit
 * code 2) when the schema has been contracted by a version that this one does not know; and as `toDatabaseError` says.
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
    // One connection, which holds the lock and does the work: when it breaks, lock and transaction end together.
    pool: { min: 1, max: 1 },
    log: knexLog(logger),
  });
  try {
    const backend = await lock(db, schema, logger);
    const applied = await applyAll(db, options, backend);
    if (runtimeRole !== undefined) await grant(db, { schema, runtimeRole });
    return applied;
  } catch (error) {
    throw toDatabaseError(error, ownerUrl);
  } finally {
    await db.destroy();
  }
}

/** Waits for the schema's lock, which ends with the connection, however that comes about. Returns the backend's pid. */
async function lock(db: Knex, schema: string, logger: Logger): Promise<number> {
  // A long migration, and the wait for another's, are legitimate whatever limit the role has.
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
    disableMigrationsListValidation: true, // done in refuseContracted, with a message that says what it means
    migrationSource: {
      getMigrations: async () => [...migrations],
      getMigrationName: (migration: Migration) => migration.name,
      getMigration: async (migration: Migration) => ({
        up: async (trx: Knex) => {
          await refuseOtherBackend(trx, backend);
          await migration.up(trx);
        },
        down: migration.down,
      }),
    },
  };
}

async function applyAll(db: Knex, options: MigrateOptions, backend: number): Promise<string[]> {
  const config = migratorConfig(options, backend);
  // knex has a lock of its own, a row, which others than this function may have left behind. Under ours it is stale.
  await db.migrate.forceFreeMigrationsLock(config);
  const [completed, pending]: [{ name: string }[], Migration[]] = await db.migrate.list(config);
  refuseContracted(completed, options);
  for (const { name } of pending) {
    const started = performance.now();
    try {
      // One at a time, since `up` records the migration in its own transaction; `latest` would with one for all of them.
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

/** knex replaces a connection that broke without a word; the new one does not hold the lock. */
async function refuseOtherBackend(trx: Knex, backend: number): Promise<void> {
  const { rows } = await trx.raw('select pg_backend_pid() as backend');
  if (rows[0].backend === backend) return;
  throw new MarqueeError('MIGRATION_LOCK_LOST', 'The connection that held the migration lock broke. Migrate again.', {
    retryable: true,
  });
}

/** A name that says that the step takes something away. */
const CONTRACTION = /^\d+-contract-/;

/** What newer versions added does not matter to this one; what they took away does. */
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
    `Schema ${schema} lacks what this version needs: ${contractions.join(', ')} took it away. Run a newer version.`,
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

/** What knex has to say is detail: a failure reaches the caller as an error. */
function knexLog(logger: Logger): Knex.Logger {
  const debug = (message: unknown) => logger.debug({ knex: message }, 'knex');
  return { debug, warn: debug, error: debug, deprecate: (method) => debug(method) };
}
