import { execFile } from 'node:child_process';
import { chmod, chown, mkdtemp, rm, stat, statfs } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startWatchdog } from '@marquee/local-services/watchdog';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';

const run = promisify(execFile);

/** A file system in memory that holds the files of a database. */
export interface SmallDisk {
  readonly folder: string;
  /** Sets the free space. */
  leave(megabytes: number): Promise<void>;
  remove(): Promise<void>;
}

/**
 * Mounts a file system with 1 GB for the account that owns a Postgres data directory. It is unmounted with this process.
 *
 * @throws MarqueeError `CANNOT_MOUNT` unless this process is root on Linux
 */
export async function mountSmallDisk(dataDir: string): Promise<SmallDisk> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-disk-'));
  await chmod(folder, 0o755);
  try {
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1g', 'tmpfs', folder]);
  } catch (cause) {
    await rm(folder, { recursive: true });
    throw new MarqueeError('CANNOT_MOUNT', `A file system cannot be mounted: ${messageOf(cause)}`, { cause });
  }
  const watchdog = startWatchdog('umount --lazy "$1"; rmdir "$1"', [folder]);
  const { uid, gid } = await stat(dataDir);
  await chown(folder, uid, gid);
  return {
    folder,
    async leave(megabytes) {
      const { blocks, bfree, bsize } = await statfs(folder);
      const size = (blocks - bfree) * bsize + megabytes * 1_024 ** 2;
      await run('mount', ['-o', `remount,size=${size}`, folder]);
    },
    async remove() {
      await run('umount', ['--lazy', folder]);
      await rm(folder, { recursive: true });
      await watchdog.disarm();
    },
  };
}
