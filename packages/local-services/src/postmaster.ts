import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import type { Notices } from './postgres-place.ts';
import { findProcess, untilGone } from './process-table.ts';

const ORDERLY_STOP_MS = 30_000;

/** The content of `postmaster.pid` in the data directory of a running server (the file format of `pidfile.h`). */
export interface PostmasterFile {
  readonly pid: number;
  readonly ready: boolean;
}

/** Reads `postmaster.pid`; undefined when there is none. */
export async function readPostmasterFile(dataDir: string): Promise<PostmasterFile | undefined> {
  const text = await readFile(path.join(dataDir, 'postmaster.pid'), 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  const lines = text.split('\n');
  return { pid: Number(lines[0]), ready: lines[7]?.trim() === 'ready' };
}

/** Records which process started the server, so that a later start can tell a server in use from an orphan. */
export async function writeOwner(dataDir: string): Promise<void> {
  await writeFile(`${dataDir}.owner`, `${process.pid}\n`);
}

/**
 * Ensures that no server runs on a data directory. Stops a server whose starter has died (kill -9), and removes a `postmaster.pid` of a
 * crash when its process is no longer that server.
 *
 * @throws MarqueeError `POSTGRES_IN_USE` when its starter still runs; `POSTGRES_FAILED` when it does not stop
 */
export async function recoverDataDir(dataDir: string, notices?: Notices): Promise<void> {
  const file = await readPostmasterFile(dataDir);
  if (!file) return;
  const server = await findProcess(file.pid);
  // The command line has the data directory; after a crash another process may have the same id.
  if (!server || !/\bpostgres\b/.test(server.command) || !server.command.includes(` -D ${dataDir} `)) {
    await rm(path.join(dataDir, 'postmaster.pid'), { force: true });
    return;
  }
  const owner = Number(await readFile(`${dataDir}.owner`, 'utf8').catch(() => ''));
  if (server.parent === owner && (await findProcess(owner))) {
    throw new MarqueeError(
      'POSTGRES_IN_USE',
      `The database in ${dataDir} is in use by process ${owner}: stop that one first.`,
      { exitCode: EXIT.usage },
    );
  }
  notices?.info(`A Postgres that an earlier run left behind (process ${file.pid}) still runs; stopping it.`);
  await stopPostmaster(file.pid);
}

/** Stops a server with a fast shutdown (SIGINT), which ends sessions and flushes data, or an immediate one (SIGQUIT) after a time. */
export async function stopPostmaster(pid: number): Promise<void> {
  for (const signal of ['SIGINT', 'SIGQUIT', 'SIGKILL'] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
      throw error;
    }
    if (await untilGone(pid, signal === 'SIGINT' ? ORDERLY_STOP_MS : 5_000)) return;
  }
  throw new MarqueeError('POSTGRES_FAILED', `Postgres (process ${pid}) does not stop.`);
}

/** Waits until the server with this process id accepts connections. @param ended its premature end */
export async function untilReady(
  dataDir: string,
  pid: number,
  ended: Promise<unknown>,
  timeoutMs: number,
): Promise<boolean> {
  let over = false;
  ended.then(() => {
    over = true;
  });
  for (const deadline = Date.now() + timeoutMs; !over && Date.now() < deadline; await sleep(20)) {
    const file = await readPostmasterFile(dataDir);
    if (file?.pid === pid && file.ready) return true;
  }
  return false;
}
