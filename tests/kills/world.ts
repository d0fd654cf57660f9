import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@marquee/event-log/event-log';
import { createPostgresEventLog } from '@marquee/event-log/postgres';
import { prepareEventLog } from '@marquee/event-log/postgres/prepare';
import { freePort } from '@marquee/local-services/free-port';
import { testDatabase } from '@marquee/local-services/test-database';
import { createLogger } from '@marquee/runtime/logger';

const INGEST = path.resolve(import.meta.dirname, '../../ingest/src/main.ts');

/** Every fault of the emulator, each for about one request in 100. */
const FAULTS = [
  ...['--latency', '5/80', '--retry-after', '1', '--retry-after-share', '0.5', '--rate', '600'],
  ...['--fail-rate', '0.01', '--reset-rate', '0.01', '--hang-rate', '0.0005', '--truncate-rate', '0.01'],
  ...['--invalid-rate', '0.01', '--html-rate', '0.01', '--drift-rate', '0.02', '--poison-rate', '0.001'],
];

/** A database with event log and queue, and an emulator with faults. */
export interface World {
  readonly eventLog: EventLog;
  /** Starts `ingest` with these arguments. */
  start(...args: readonly string[]): ChildProcess;
  /** Runs `ingest` to its end, and returns its output and exit code. */
  run(...args: readonly string[]): Promise<{ readonly stdout: string; readonly code: number | null }>;
  /** Sends a request to the emulator's own routes. */
  admin(method: string, route: string, body?: object): Promise<void>;
  stop(): Promise<void>;
}

export async function createWorld(movies: number, seed: number): Promise<World> {
  const database = await testDatabase();
  const { adminUrl, urlOf } = database;
  const logger = createLogger('kills', 'silent');
  const logUrl = urlOf('log');
  await prepareEventLog({ adminUrl, ownerUrl: urlOf('log_owner'), runtimeUrl: logUrl }, logger);
  const eventLog = createPostgresEventLog({ url: logUrl, logger });
  const origin = `http://127.0.0.1:${await freePort()}`;
  const env = {
    PATH: process.env.PATH ?? '',
    LOG_LEVEL: 'fatal',
    EVENT_LOG_URL: logUrl,
    INGEST_DATABASE_URL: urlOf('ingest'),
    TMDB_BASE_URL: `${origin}/3`,
  };
  const start = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    spawn(process.execPath, [INGEST, ...args], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'ignore'] });
  const run = async (args: readonly string[], more?: Readonly<Record<string, string>>) => {
    const child = start(args, more);
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    return { stdout, code: code as number | null };
  };

  const { code } = await run(['migrate'], {
    DATABASE_OWNER_URL: urlOf('ingest_owner'),
    DATABASE_ADMIN_URL: adminUrl,
  });
  if (code !== 0) throw new Error(`ingest migrate ended with code ${code}`);
  const size = ['--synthetic', String(movies), '--seed', String(seed)];
  const emulator = start(['emulator', '--admin', ...size, ...FAULTS], { EMULATOR_PORT: new URL(origin).port });
  emulator.stdout.resume();
  while (!(await fetch(`${origin}/readyz`).catch(() => undefined))?.ok) await sleep(100);

  return {
    eventLog,
    start: (...args) => start(args),
    run: (...args) => run(args),
    async admin(method, route, body) {
      const json = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      const response = await fetch(`${origin}/emulator${route}`, { method, ...json });
      if (!response.ok) throw new Error(`${method} ${route}: ${response.status} ${await response.text()}`);
    },
    async stop() {
      emulator.kill('SIGKILL');
      await eventLog.close();
      await database.drop();
    },
  };
}
