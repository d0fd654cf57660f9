import { prepareSchema } from '@marquee/postgres/prepare-schema';
import { readMigrations } from '@marquee/postgres/read-migrations';
import type { Logger } from '@marquee/runtime/logger';
import { SCHEMA } from './schema.ts';

/** Connection strings of the roles that prepare and use an event log. */
export interface EventLogRoles {
  /** The role that owns the schema. */
  readonly ownerUrl: string;
  /** The role that publishes and consumes. */
  readonly runtimeUrl: string;
  /** A role that may create roles and schemas: creates both roles and the schema first. */
  readonly adminUrl?: string | undefined;
}

/** Migrates the Postgres event log and grants the runtime role its privileges. Returns the names of the migrations that ran. */
export async function prepareEventLog(roles: EventLogRoles, logger: Logger): Promise<readonly string[]> {
  const migrations = readMigrations(new URL('migrations/', import.meta.url));
  return prepareSchema({ ...roles, schema: SCHEMA, migrations, logger });
}
