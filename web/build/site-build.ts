import { createHash, type Hash, randomUUID } from 'node:crypto';
import { globSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { build } from 'vite';

/** The outcome of a build. */
export interface SiteBuild {
  /** The folder of the site: a symbolic link to that of the latest build. */
  readonly folder: string;
  /** False when the latest build has the same inputs. */
  readonly isNew: boolean;
}

/** Everything in the workspace that the build reads. Versions of packages are those of the lockfile. */
const INPUTS = ['src/**/*', 'public/**/*', 'index.html', 'vite.config.ts', 'tsconfig.json', 'package.json'];

/**
 * Builds the site of a workspace unless its latest build has the same inputs. A build goes to a folder of its own, so
 * that processes may build at the same time, and none reads an incomplete one.
 *
 * @param root the folder of the workspace
 */
export async function buildSite(root: string): Promise<SiteBuild> {
  const builds = path.join(root, 'dist');
  const folder = path.join(builds, 'site');
  const name = await hashInputs(root);
  const target = path.join(builds, name);
  const isNew = !(await exists(target));
  if (isNew) {
    const temporary = path.join(builds, `${name}.${randomUUID()}`);
    await build({
      root,
      configFile: path.join(root, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: temporary, emptyOutDir: true },
    });
    await rename(temporary, target).catch(async (error) => {
      // Another process has built the same.
      if (!['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error;
      await rm(temporary, { recursive: true });
    });
  }
  await link(folder, name);
  if (isNew) await removeOthers(builds, name);
  return { folder, isNew };
}

async function hashInputs(root: string): Promise<string> {
  const hash = createHash('sha256');
  const files = globSync(INPUTS, { cwd: root, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) await addFile(hash, path.relative(root, file), file);
  await addFile(hash, 'package-lock.json', path.join(root, '../package-lock.json'));
  return hash.digest('hex').slice(0, 16);
}

async function addFile(hash: Hash, name: string, file: string): Promise<void> {
  const content = await readFile(file);
  hash.update(`${name}\0${content.length}\0`).update(content);
}

async function exists(folder: string): Promise<boolean> {
  const entries = await readdir(folder).catch((error) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  return entries.length > 0;
}

/** Replaces the link at once: a new one takes the name of the old one. */
async function link(folder: string, name: string): Promise<void> {
  await mkdir(path.dirname(folder), { recursive: true });
  const temporary = `${folder}.${randomUUID()}`;
  await symlink(name, temporary);
  await rename(temporary, folder);
}

/** Removes earlier builds. That of a build in progress has a longer name. */
async function removeOthers(builds: string, name: string): Promise<void> {
  const others = (await readdir(builds)).filter((entry) => /^[0-9a-f]{16}$/.test(entry) && entry !== name);
  for (const entry of others) await rm(path.join(builds, entry), { recursive: true, force: true });
}
