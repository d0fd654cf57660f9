import { execFile, type SpawnOptions } from 'node:child_process';
import { stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

const run = promisify(execFile);

/** The account of Postgres when this process is root, which Postgres refuses; otherwise undefined. */
export type Account = { readonly name: string; readonly uid: number; readonly gid: number } | undefined;

/**
 * Returns the account for Postgres: the owner of existing data, else `postgres` if the machine has it, else `nobody`; undefined when this
 * process is not root.
 *
 * @throws MarqueeError `NO_POSTGRES_ACCOUNT`
 */
export async function findAccount(dataDir: string): Promise<Account> {
  if (process.getuid?.() !== 0) return undefined;
  const data = await stat(dataDir).catch(() => undefined);
  if (data && data.uid !== 0) return { name: `uid ${data.uid}`, uid: data.uid, gid: data.gid };
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = await Promise.all(
        ['-u', '-g'].map(async (flag) => Number((await run('id', [flag, name])).stdout)),
      );
      if (uid && gid) return { name, uid, gid };
    } catch {
      // `id` fails for a missing account: tries the next one
    }
  }
  throw new MarqueeError(
    'NO_POSTGRES_ACCOUNT',
    'Postgres refuses to run as root, and this machine has neither an account "postgres" nor "nobody": ' +
      'start as another user, or set DATABASE_URL to a Postgres of your own.',
    { exitCode: EXIT.usage },
  );
}

/** Returns options to spawn a process as that account: in `/`, which every account can enter, with the environment's path alone. */
export function spawnOptionsOf(account: Account): Pick<SpawnOptions, 'uid' | 'gid' | 'cwd' | 'env'> {
  const options = { cwd: '/', env: { PATH: process.env.PATH, LC_MESSAGES: 'C', TZ: 'UTC' } };
  return account ? { ...options, uid: account.uid, gid: account.gid } : options;
}

/** Returns true when the account can use the path: enter a folder, execute a file. The kernel decides, not the mode bits. */
export async function canReach(account: Account, target: string): Promise<boolean> {
  if (!account) return true;
  try {
    await run('/bin/sh', ['-c', 'test -x "$1"', 'sh', target], spawnOptionsOf(account));
    return true;
  } catch (error) {
    if ((error as { code?: unknown }).code === 1) return false;
    throw error;
  }
}
