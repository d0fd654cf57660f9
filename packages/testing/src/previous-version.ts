import { execFile } from 'node:child_process';
import { existsSync, globSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { readMigrations } from '@marquee/postgres/read-migrations';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);
const git = async (...args: readonly string[]) => (await run('git', [...args], { cwd: ROOT })).stdout.trim();

/** A previous version of a subgraph, in a folder of its own. */
export interface PreviousVersion {
  readonly main: URL;
  /** Its API schema. */
  readonly schema: string;
  remove(): Promise<void>;
}

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Checks out the version of a subgraph with all of its migrations except the last, from the repository's history. It uses the installed
 * npm packages; when one is missing, all of its packages are installed in its folder.
 *
 * @throws Error with what to do when the history is too shallow
 */
export async function previousVersion(subgraph: string): Promise<PreviousVersion> {
  const revision = await revisionBefore(`subgraphs/${subgraph}/src/infrastructure/migrations`);
  const folder = await mkdtemp(path.join(os.tmpdir(), `marquee-${subgraph}-before-`));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const archive = path.join(folder, 'version.tar');
    await git('archive', '--output', archive, revision);
    await run('tar', ['-xf', archive, '-C', folder]);
    await provideDependencies(folder, subgraph);
  } catch (error) {
    await remove();
    throw error;
  }
  const file = path.join(folder, 'subgraphs', subgraph);
  return {
    main: new URL(`file://${file}/src/main.ts`),
    schema: readFileSync(path.join(file, 'schema.graphql'), 'utf8'),
    remove,
  };
}

/** Returns the commit before the one that added the last migration, or the last commit while that migration is not committed. */
async function revisionBefore(folder: string): Promise<string> {
  const last = readMigrations(new URL(`file://${ROOT}/${folder}/`)).at(-1)?.name;
  // Migrations of earlier versions are TypeScript files.
  const commits = await git(
    'log',
    '--no-renames',
    '--diff-filter=A',
    '--format=%H',
    'HEAD',
    '--',
    `${folder}/${last}.*`,
  );
  const added = commits.split('\n').at(-1);
  if (!added) return 'HEAD';
  try {
    return await git('rev-parse', '--verify', '--quiet', `${added}^`);
  } catch (cause) {
    throw new Error(
      `The history of this clone does not reach back behind the last migration of ${folder}: git fetch --unshallow`,
      { cause },
    );
  }
}

async function provideDependencies(folder: string, subgraph: string): Promise<void> {
  const workspaces = globSync(`{packages/*,subgraphs/${subgraph}}`, { cwd: folder }).map((workspace) => ({
    workspace,
    manifest: JSON.parse(readFileSync(path.join(folder, workspace, 'package.json'), 'utf8')) as Manifest,
  }));
  if (workspaces.some(({ workspace, manifest }) => !isInstalled(workspace, manifest))) {
    const flags = ['--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['ci', '--workspace', `subgraphs/${subgraph}`, ...flags], { cwd: folder });
    return;
  }
  const modules = path.join(folder, 'node_modules');
  await mkdir(path.join(modules, '@marquee'), { recursive: true });
  const installed = readdirSync(path.join(ROOT, 'node_modules')).filter((name) => name !== '@marquee');
  for (const name of installed) await symlink(path.join(ROOT, 'node_modules', name), path.join(modules, name));
  for (const { workspace, manifest } of workspaces) {
    await symlink(path.join(folder, workspace), path.join(modules, manifest.name));
    const own = path.join(ROOT, workspace, 'node_modules');
    if (existsSync(own)) await symlink(own, path.join(folder, workspace, 'node_modules'));
  }
}

/** Returns true when the dependencies of a workspace resolve from its folder. */
function isInstalled(workspace: string, { dependencies = {} }: Manifest): boolean {
  const { paths = [] } = { paths: createRequire(path.join(ROOT, workspace, 'package.json')).resolve.paths('x') ?? [] };
  return Object.keys(dependencies)
    .filter((name) => !name.startsWith('@marquee/'))
    .every((name) => paths.some((modules) => existsSync(path.join(modules, name))));
}
