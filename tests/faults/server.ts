import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { freePort } from '@marquee/local-services/free-port';
import { removePostgres, startPostgres } from '@marquee/local-services/postgres';
import { startWatchdog } from '@marquee/local-services/watchdog';

/** A server that a case takes away. It keeps its address and data. */
export interface Server {
  /** Ends it in an orderly way. */
  stop(): Promise<void>;
  /** Ends it like a crash. */
  kill(): Promise<void>;
  /** Starts it again; resolves when it responds. */
  start(): Promise<void>;
}

/** A Postgres of the suite's own, whose data is flushed to disk. */
export interface PostgresServer extends Server {
  readonly dataDir: string;
  /** Returns the connection string of a role in a database; of the superuser by default. */
  urlOf(database: string, role?: string): string;
  remove(): Promise<void>;
}

/** Starts a Postgres with data in a new folder, which is removed with this process. */
export async function startPostgresServer(): Promise<PostgresServer> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-faults-'));
  await chmod(folder, 0o755); // the account of Postgres needs access to its data
  const options = { dataDir: path.join(folder, 'data'), port: await freePort() };
  let running = await startPostgres(options);
  const { dataDir } = running;
  const watchdog = startWatchdog(
    'for _ in $(seq 100); do [ -e "$1/postmaster.pid" ] || break; sleep 0.1; done; rm -rf "$2" "$3"',
    [dataDir, path.dirname(dataDir), folder],
  );
  return {
    dataDir,
    urlOf(database, role) {
      const url = new URL(running.url);
      url.pathname = `/${database}`;
      if (role === undefined) return url.href;
      url.username = role;
      url.password = `password of ${role}`;
      return url.href;
    },
    stop: () => running.stop(),
    async kill() {
      // Immediate shutdown: no checkpoint, and recovery from the write-ahead log at the next start.
      process.kill(running.pid, 'SIGQUIT');
      await running.ended;
      await running.stop();
    },
    async start() {
      running = await startPostgres(options);
    },
    async remove() {
      await running.stop();
      await removePostgres(options.dataDir);
      await rm(folder, { recursive: true, force: true });
      await watchdog.disarm();
    },
  };
}
