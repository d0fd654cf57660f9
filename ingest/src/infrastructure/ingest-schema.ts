import { readMigrations } from '@marquee/postgres/read-migrations';

/** Name and migrations of the schema of ingest's queue. */
export const INGEST_SCHEMA = {
  schema: 'ingest',
  migrations: readMigrations(new URL('migrations/', import.meta.url)),
};
