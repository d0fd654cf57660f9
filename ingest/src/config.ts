import { eventLogFields } from '@marquee/event-log/configuration';
import { postgresUrl, serviceFields, url } from '@marquee/runtime/config';
import { startupFields } from '@marquee/runtime/reachable';
import { tracingFields } from '@marquee/runtime/tracing-config';
import { z } from 'zod';

/** Configuration of `ingest movies` and `ingest popular`. They log less than a service, since they print a summary. */
export const ingestConfig = z.object({
  ...startupFields,
  ...eventLogFields,
  ...tracingFields,
  LOG_LEVEL: serviceFields.LOG_LEVEL.unwrap().default('warn'),
  /** The API's base, for example `https://api.themoviedb.org/3`. */
  TMDB_BASE_URL: url('http', 'https').optional(),
  /** A v4 token, or a v3 key. */
  TMDB_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one word, without spaces or quotes around it')
    .optional(),
  /** URL of the emulator; used when neither of the above is set. */
  TMDB_EMULATOR_URL: url('http', 'https').optional(),
  /** The queue, from which movies get their versions and requests their pace; without it, the process has its own. */
  INGEST_DATABASE_URL: postgresUrl().optional(),
});

/** Configuration of the commands that only read or write the queue. */
export const queueConfig = z.object({
  ...startupFields,
  LOG_LEVEL: serviceFields.LOG_LEVEL.unwrap().default('warn'),
  /** The role that reads and writes the queue. */
  INGEST_DATABASE_URL: postgresUrl(),
});

/** Configuration of the commands that work on the queue. */
export const workConfig = z.object({
  ...ingestConfig.shape,
  INGEST_DATABASE_URL: postgresUrl(),
  /** Folder of TMDb's daily id exports; by default that of TMDb, or `/p/exports` of the other server. */
  TMDB_EXPORT_URL: url('http', 'https').optional(),
});

/** Configuration of `ingest migrate`. */
export const migrateConfig = z.object({
  ...startupFields,
  LOG_LEVEL: serviceFields.LOG_LEVEL,
  /** The role that reads and writes the queue. */
  INGEST_DATABASE_URL: postgresUrl(),
  /** The role that owns the schema. */
  DATABASE_OWNER_URL: postgresUrl(),
  /** A role that may create roles and schemas, which creates the other two roles and the schema first. */
  DATABASE_ADMIN_URL: postgresUrl().optional(),
});
