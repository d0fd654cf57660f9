import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { spawnOptionsOf } from './postgres-account.ts';
import type { PostgresPlace } from './postgres-place.ts';

const run = promisify(execFile);

/** The superuser of every created cluster. */
export const SUPERUSER = 'postgres';

/**
 * Returns the password of the cluster's superuser, from a file next to the data that only its account can read. Creates a missing cluster:
 * UTF-8, scram-sha-256, and Postgres's own C.UTF-8 collation, which sorts the same on every system.
 *
 * @throws MarqueeError `POSTGRES_FAILED` with what to do
 */
export async function ensureCluster(place: PostgresPlace, { durable }: { durable: boolean }): Promise<string> {
  const { dataDir } = place;
  const passwordFile = `${dataDir}.password`;
  const found = await stat(dataDir).catch(() => undefined);
  if (found) {
    const madeBy = await readFile(path.join(dataDir, 'PG_VERSION'), 'utf8').catch(explain(dataDir));
    if (madeBy.trim() !== place.version.split('.')[0]) {
      throw failure(
        `${dataDir} was made by Postgres ${madeBy.trim()}, and this is ${place.version}: remove it to start afresh.`,
      );
    }
    return (await readFile(passwordFile, 'utf8').catch(explain(passwordFile))).trim();
  }

  const password = randomBytes(24).toString('base64url');
  // In a draft folder that is renamed at the end: a killed start leaves nothing that looks like a database.
  const draft = `${dataDir}.new`;
  await rm(draft, { recursive: true, force: true });
  await rm(passwordFile, { force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  if (place.account) {
    await chown(draft, place.account.uid, place.account.gid);
    await chown(passwordFile, place.account.uid, place.account.gid);
  }
  try {
    await run(
      path.join(place.root, 'bin', 'initdb'),
      [
        ...['--pgdata', draft, '--username', SUPERUSER, '--pwfile', passwordFile, '--auth', 'scram-sha-256'],
        ...['--encoding', 'UTF8', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
        // pg_trgm and unaccent still take character classes from the C library.
        ...['--locale', 'C', '--lc-ctype', await utf8Locale(), '--no-instructions'],
        ...(durable ? [] : ['--no-sync']),
      ],
      spawnOptionsOf(place.account),
    );
  } catch (cause) {
    const lines = String((cause as { stderr?: unknown }).stderr || messageOf(cause)).trim();
    throw new MarqueeError('POSTGRES_FAILED', `Postgres could not make a database in ${dataDir}: ${lines}`, { cause });
  }
  await rename(draft, dataDir);
  return password;
}

/** Returns a UTF-8 locale of this system, or `C`. */
async function utf8Locale(): Promise<string> {
  const { stdout } = await run('locale', ['-a']).catch(() => ({ stdout: '' }));
  const locales = stdout.split('\n').filter((name) => /\.utf-?8$/i.test(name));
  return (
    locales.find((name) => name.startsWith('C.')) ??
    locales.find((name) => name.startsWith('en_US.')) ??
    locales[0] ??
    'C'
  );
}

function failure(message: string, cause?: unknown): MarqueeError {
  return new MarqueeError('POSTGRES_FAILED', message, { cause, exitCode: EXIT.usage });
}

function explain(file: string): (error: NodeJS.ErrnoException) => never {
  return (error) => {
    if (error.code === 'ENOENT')
      throw failure(`${file} is missing or no database directory: remove it to start afresh.`, error);
    throw failure(`${file} cannot be read: start as the account that owns it, or remove it to start afresh.`, error);
  };
}
