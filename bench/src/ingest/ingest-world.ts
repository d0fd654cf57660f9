import type { ChildProcess } from 'node:child_process';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import type { SecondCount, Statistics } from '@marquee/ingest/statistics';
import { freePort } from '@marquee/local-services/free-port';
import { createLogger } from '@marquee/runtime/logger';
import { askServer, IMAGE_SETTINGS, startServer, stopServer, type Usage, untilReady } from '../server-process.ts';
import { createQueueDatabase, INGEST, USAGE_PROBE } from './queue-database.ts';

/** A Postgres with event log and queue, and an emulator of TMDb in a process of its own. */
export interface IngestWorld {
  /** Starts an ingest with these arguments. */
  start(...args: readonly string[]): ChildProcess;
  statistics(): Promise<Statistics>;
  /** Returns the resources that the emulator has used so far. */
  emulatorUsage(): Promise<Usage>;
  stop(): Promise<void>;
}

/** @param imageSettings false: Node's processes have no settings but Node's own */
export async function createIngestWorld(
  emulatorOptions: readonly string[],
  imageSettings = true,
): Promise<IngestWorld> {
  const database = await createQueueDatabase();
  const { adminUrl, urlOf } = database;
  const logger = createLogger('bench', 'silent');
  const logUrl = urlOf('log');
  await prepareEventLog({ adminUrl, ownerUrl: urlOf('log_owner'), runtimeUrl: logUrl }, logger);
  await createPostgresEventLog({ url: logUrl, logger }).close();
  const port = String(await freePort());
  const env = {
    EVENT_LOG_URL: logUrl,
    INGEST_DATABASE_URL: urlOf('ingest'),
    TMDB_BASE_URL: `http://127.0.0.1:${port}/3`,
  };
  const start = (args: readonly string[], more: Record<string, string> = {}) =>
    startServer(INGEST, { args, env: { ...env, ...(imageSettings && IMAGE_SETTINGS), ...more }, preload: USAGE_PROBE });
  const emulator = start(['emulator', '--admin', ...emulatorOptions], { EMULATOR_PORT: port });
  await untilReady(emulator, `http://127.0.0.1:${port}/readyz`);
  return {
    start: (...args) => start(args),
    statistics: async () => (await (await fetch(`http://127.0.0.1:${port}/emulator/statistics`)).json()) as Statistics,
    emulatorUsage: () => askServer<Usage>(emulator, { ask: 'usage' }),
    async stop() {
      await stopServer(emulator);
      await database.drop();
    },
  };
}

/** Sums up whole seconds. */
export function sumOf(seconds: readonly SecondCount[]): { readonly accepted: number; readonly refused: number } {
  return seconds.reduce(
    (sum, { accepted, refused }) => ({ accepted: sum.accepted + accepted, refused: sum.refused + refused }),
    { accepted: 0, refused: 0 },
  );
}
