import { once } from 'node:events';
import { type TestDatabase, testDatabase } from '@marquee/local-services/test-database';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { startServer } from '../server-process.ts';

export const INGEST = new URL('../../../ingest/src/main.ts', import.meta.url);
export const USAGE_PROBE = new URL('../servers/usage-probe.ts', import.meta.url);

/** Creates a database with an empty queue of the ingest, of which `ingest` is the role. */
export async function createQueueDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  const env = {
    INGEST_DATABASE_URL: database.urlOf('ingest'),
    DATABASE_OWNER_URL: database.urlOf('ingest_owner'),
    DATABASE_ADMIN_URL: database.adminUrl,
  };
  const [code] = await once(startServer(INGEST, { args: ['migrate'], env, preload: USAGE_PROBE }), 'exit');
  if (code === EXIT.ok) return database;
  await database.drop();
  throw new MarqueeError('INGEST_FAILED', `ingest migrate ended with code ${code}.`);
}
