import { prepareSchema } from '@marquee/postgres/prepare-schema';
import { loadConfig } from '@marquee/runtime/config';
import { createContext } from '@marquee/runtime/process';
import { whenReachable } from '@marquee/runtime/reachable';
import { migrateConfig } from '../config.ts';
import { INGEST_SCHEMA } from '../infrastructure/ingest-schema.ts';

/** Creates or updates the schema of ingest's queue. */
export async function migrateQueue(): Promise<void> {
  const config = loadConfig(migrateConfig);
  const { logger } = createContext('ingest', config.LOG_LEVEL);
  await whenReachable({ seconds: config.STARTUP_WAIT_SECONDS, logger }, () =>
    prepareSchema({
      adminUrl: config.DATABASE_ADMIN_URL,
      ownerUrl: config.DATABASE_OWNER_URL,
      runtimeUrl: config.INGEST_DATABASE_URL,
      ...INGEST_SCHEMA,
      logger,
    }),
  );
}
