import type { TestContext } from 'node:test';
import { type EmulatorServerOptions, serveEmulator } from '../emulator/emulator-server.ts';
import { queueDatabase } from '../infrastructure/queue-database.ts';
import { testEventLog } from '../test-event-log.ts';

/** Starts an emulator, an event log and a queue, and returns them with the environment of a command. */
export async function workEnvironment(t: TestContext, options: EmulatorServerOptions = {}) {
  const [log, database, tmdb] = await Promise.all([testEventLog(t), queueDatabase(t), serveEmulator(t, options)]);
  const env = {
    EVENT_LOG_URL: log.url,
    INGEST_DATABASE_URL: database.env.DATABASE_URL,
    TMDB_EMULATOR_URL: tmdb,
  };
  return { log, pool: database.pool, tmdb, env };
}
