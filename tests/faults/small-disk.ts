import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@marquee/runtime/errors';

const run = promisify(execFile);

/** A file system in memory that holds the files of a database. */
export interface SmallDisk {
  readonly folder: string;
  resize(megabytes: number): Promise<void>;
  remove(): Promise<void>;
}

/** The suite's account may not mount file systems. */
export class CannotMount extends Error {
  override readonly name = 'CannotMount';
}

/**
 * Mounts a small file system for the account that owns a Postgres data directory.
 *
 * @throws CannotMount unless this process is root on Linux
 */
export async function mountSmallDisk(megabytes: number, dataDir: string): Promise<SmallDisk> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-disk-'));
  await chmod(folder, 0o755);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder]);
  } catch (cause) {
    await rm(folder, { recursive: true });
    throw new CannotMount(`a file system cannot be mounted: ${messageOf(cause)}`, { cause });
  }
  const { uid, gid } = await stat(dataDir);
  await chown(folder, uid, gid);
  return {
    folder,
    resize: async (size) => void (await run('mount', ['-o', `remount,size=${size}m`, folder])),
    async remove() {
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true });
    },
  };
}
