import type { Logger } from '@marquee/runtime/logger';
import { parseDatabaseUrl } from './database-url.ts';
import { type Migration, migrate } from './migrate.ts';
import { provision } from './provision.ts';

export interface PrepareSchemaOptions {
  /** A role that may create roles and schemas, which creates the other two and the schema first; without it they exist. */
  readonly adminUrl?: string | undefined;
  /** The role that owns the schema and migrates it. */
  readonly ownerUrl: string;
  /** The role that reads and writes rows. */
  readonly runtimeUrl: string;
  readonly schema: string;
  /** Extensions that the migrations use. */
  readonly extensions?: readonly string[];
  readonly migrations: readonly Migration[];
  readonly logger: Logger;
}

/**
 * Creates a service's roles and schema where an administrator is given, runs the pending migrations, and grants the runtime role its
 * privileges. Returns the names of the migrations that ran.
 *
 * @throws the errors of `provision` and `migrate`
 */
export async function prepareSchema(options: PrepareSchemaOptions): Promise<readonly string[]> {
  const { adminUrl, ownerUrl, runtimeUrl, schema, extensions = [], migrations, logger } = options;
  if (adminUrl !== undefined) await provision({ adminUrl, ownerUrl, runtimeUrl, schema, extensions });
  return migrate({ ownerUrl, runtimeRole: parseDatabaseUrl(runtimeUrl).user, schema, migrations, logger });
}
