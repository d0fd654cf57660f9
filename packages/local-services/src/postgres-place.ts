import { createHash, randomUUID } from 'node:crypto';
import { chmod, chown, cp, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';
import { type Account, canReach, findAccount } from './postgres-account.ts';
import { findPostgresBinaries } from './postgres-binaries.ts';

/** A sink of notices, such as a pino logger. */
export interface Notices {
  info(message: string): void;
  warn(message: string): void;
}

/** The locations and the account of a database. */
export interface PostgresPlace {
  /** The folder of the binaries, accessible to the account. */
  readonly root: string;
  readonly version: string;
  /** The data directory: the requested one, or another that the account can access. */
  readonly dataDir: string;
  readonly account: Account;
}

/**
 * Determines the locations of the data and the binaries, usually the requested ones. As root, the account of Postgres may not have access
 * to them (a clone in a private home directory); then the data, with a copy of the binaries, is in a folder of the machine, since the
 * permissions of the requested folders must not change.
 */
export async function placePostgres(wanted: string, notices?: Notices): Promise<PostgresPlace> {
  const { root, version } = await findPostgresBinaries();
  const wantedDir = path.resolve(wanted);
  await mkdir(path.dirname(wantedDir), { recursive: true });
  await refuseForeignData(wantedDir);
  const account = await findAccount(wantedDir);
  const here = await canReach(account, path.dirname(wantedDir));
  const runnable = await canReach(account, path.join(root, 'bin', 'postgres'));
  if (here && runnable) return { root, version, dataDir: wantedDir, account };

  const open = await openFolder();
  const dataDir = here ? wantedDir : path.join(open, hashOf(wantedDir), 'data');
  const owner = here ? account : await findAccount(dataDir);
  if (!here) {
    await ownFolder(path.dirname(dataDir));
    notices?.info(`The account that Postgres runs as cannot reach ${wantedDir}; the data is in ${dataDir} instead.`);
  }
  return {
    root: runnable ? root : await copyBinaries(root, path.join(open, `postgres-${version}`)),
    version,
    dataDir,
    account: owner,
  };
}

/** Rejects data of another account, unless this process is root: Postgres runs only as the owner of its data. */
async function refuseForeignData(dataDir: string): Promise<void> {
  const found = await lstat(dataDir).catch(() => undefined);
  const uid = process.getuid?.();
  if (!found || uid === 0 || found.uid === uid) return;
  throw new MarqueeError(
    'POSTGRES_FAILED',
    `${dataDir} belongs to another account (uid ${found.uid}): start as that one or as root, or choose another folder.`,
    { exitCode: EXIT.usage },
  );
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Returns a folder of this machine that every account can enter. */
async function openFolder(): Promise<string> {
  const candidates = ['/var/lib/marquee', path.join(os.tmpdir(), 'marquee')];
  const failures: unknown[] = [];
  for (const candidate of candidates) {
    try {
      await ownFolder(candidate);
      return candidate;
    } catch (error) {
      failures.push(error);
    }
  }
  throw new MarqueeError(
    'POSTGRES_FAILED',
    `The account that Postgres runs as can reach neither the data directory nor ${candidates.join(' nor ')}: ` +
      'set MARQUEE_STATE_DIR to a folder that every account can enter.',
    { cause: new AggregateError(failures), exitCode: EXIT.usage },
  );
}

/** Creates a folder that others can enter and only root can write to; rejects an existing one of another account. */
async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.()) throw new Error(`${folder} belongs to another account`);
  await chmod(folder, 0o755); // the umask may have closed it
}

async function copyBinaries(root: string, target: string): Promise<string> {
  if (await lstat(target).catch(() => undefined)) return target;
  const draft = `${target}.${randomUUID()}`;
  try {
    await cp(root, draft, { recursive: true, verbatimSymlinks: true });
    await openTree(draft);
    await rename(draft, target);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // A concurrent start was faster: a folder with files cannot be replaced.
    if (!(await lstat(target).catch(() => undefined))) throw error;
  }
  return target;
}

/** Makes files of root's readable for all, whatever the umask of the install was. */
async function openTree(folder: string): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const target = path.join(entry.parentPath, entry.name);
    if (entry.isSymbolicLink()) continue;
    await chown(target, 0, 0);
    await chmod(target, entry.isDirectory() || entry.parentPath.endsWith('/bin') ? 0o755 : 0o644);
  }
  await chmod(folder, 0o755);
}
