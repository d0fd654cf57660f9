import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';
import { freePort, isPortFree, portInUse } from './free-port.ts';
import { spawnOptionsOf } from './postgres-account.ts';
import { ensureCluster, SUPERUSER } from './postgres-cluster.ts';
import { type Notices, type PostgresPlace, placePostgres } from './postgres-place.ts';
import { recoverDataDir, stopPostmaster, untilReady, writeOwner } from './postmaster.ts';
import { startWatchdog } from './watchdog.ts';

const READY_MS = 60_000;

export interface PostgresOptions {
  /** Created at the first start, with `<dataDir>.password` and `<dataDir>.log` next to it. */
  readonly dataDir: string;
  /** Port on 127.0.0.1; 0 chooses a free one. */
  readonly port: number;
  /** The environment variable that changes the port, for the error of a port in use. */
  readonly portVariable?: string;
  /** False for disposable data, which is not flushed to disk. Default true. */
  readonly durable?: boolean;
  readonly logger?: Notices;
}

/** A Postgres server that is a child of this process. */
export interface Postgres {
  /** Connection string of the superuser, for the database `postgres`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** The data directory in use: not the requested one when the account of Postgres has no access to that. */
  readonly dataDir: string;
  /** Resolves at the end of the server, with the signal that ended it, if any. */
  readonly ended: Promise<NodeJS.Signals | null>;
  /** The last lines of its log. */
  logTail(): Promise<string>;
  /** Ends all sessions, flushes all data, and waits for the end. */
  stop(): Promise<void>;
}

/**
 * Starts a Postgres: TCP on the loopback address only, no Unix socket, in a session of its own so that a terminal's Ctrl-C does not end it
 * before its clients have drained. It stops when this process has ended without stopping it. Recovers a data directory after a kill -9.
 * Works as root too, although Postgres itself refuses to.
 *
 * @throws MarqueeError `PORT_IN_USE`, `POSTGRES_IN_USE`, `POSTGRES_FAILED` (with the last lines of its log), `NO_POSTGRES_BINARIES`,
 * `NO_POSTGRES_ACCOUNT`
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const place = await placePostgres(options.dataDir, options.logger);
  await recoverDataDir(place.dataDir, options.logger);
  if (options.port !== 0 && !(await isPortFree(options.port))) throw portInUse(options.port, options.portVariable);
  const durable = options.durable ?? true;
  const password = await ensureCluster(place, { durable });

  // A free port may be taken before Postgres binds it: chooses again unless the caller chose it.
  for (let attempt = 1; ; attempt++) {
    const port = options.port || (await freePort());
    try {
      return await launch(place, { port, password, durable, portVariable: options.portVariable });
    } catch (error) {
      const retry = options.port === 0 && attempt < 5 && error instanceof MarqueeError && error.code === 'PORT_IN_USE';
      if (!retry) throw error;
    }
  }
}

/** Stops a server of a killed process on this data directory, if there is one. */
export async function recoverPostgres(dataDir: string, logger?: Notices): Promise<void> {
  const place = await placePostgres(dataDir); // the start of the server reports the location
  await recoverDataDir(place.dataDir, logger);
}

/** Removes a database with the files next to it, wherever it was placed. The server must not be running. */
export async function removePostgres(dataDir: string): Promise<void> {
  const place = await placePostgres(dataDir);
  await recoverDataDir(place.dataDir);
  for (const suffix of ['', '.new', '.password', '.log', '.owner']) {
    await rm(place.dataDir + suffix, { recursive: true, force: true });
  }
  // Another folder was created for this database alone.
  if (place.dataDir !== path.resolve(dataDir)) await rm(path.dirname(place.dataDir), { recursive: true, force: true });
}

interface LaunchOptions {
  readonly port: number;
  readonly password: string;
  readonly durable: boolean;
  readonly portVariable: string | undefined;
}

async function launch(
  place: PostgresPlace,
  { port, password, durable, portVariable }: LaunchOptions,
): Promise<Postgres> {
  const { dataDir } = place;
  const settings = [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    'max_connections=200',
    'timezone=UTC',
    'log_timezone=UTC',
    ...(durable ? [] : ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off']),
  ];
  const logFile = `${dataDir}.log`;
  // A file, not a pipe: without a reader of the pipe, Postgres could not log its shutdown.
  const log = await open(logFile, 'w', 0o600);
  let child: ChildProcess;
  try {
    child = spawn(path.join(place.root, 'bin', 'postgres'), ['-D', dataDir, ...settings.flatMap((it) => ['-c', it])], {
      ...spawnOptionsOf(place.account),
      stdio: ['ignore', log.fd, log.fd],
      detached: true,
    });
  } finally {
    await log.close();
  }
  child.unref();
  if (child.pid === undefined) {
    const [cause] = await once(child, 'error');
    throw new MarqueeError('POSTGRES_FAILED', `Postgres could not be started: ${messageOf(cause)}`, { cause });
  }
  const { pid } = child;
  const ended = once(child, 'exit').then(([, signal]) => signal as NodeJS.Signals | null);
  const logTail = async () => (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-8).join('\n');
  await writeOwner(dataDir);
  const watchdog = startWatchdog(
    // Only if the process id still belongs to this server.
    `[ "$(head -n 1 "$2/postmaster.pid")" = "$1" ] && kill -INT "$1"`,
    [String(pid), dataDir],
  );

  if (!(await untilReady(dataDir, pid, ended, READY_MS))) {
    await stopPostmaster(pid);
    await watchdog.disarm();
    const tail = await logTail();
    if (/could not bind/.test(tail)) throw portInUse(port, portVariable);
    throw new MarqueeError('POSTGRES_FAILED', `Postgres did not start on ${dataDir}. Its log ends with:\n${tail}`);
  }
  return {
    url: `postgres://${SUPERUSER}:${password}@127.0.0.1:${port}/postgres`,
    port,
    pid,
    dataDir,
    ended,
    logTail,
    stop: async () => {
      await stopPostmaster(pid);
      await watchdog.disarm();
    },
  };
}
