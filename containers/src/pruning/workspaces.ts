import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** What a workspace's package.json says that matters here. */
interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * The folders of a workspace and of all that it needs to run, relative to the root: its dependencies among the workspaces, and theirs.
 * Development dependencies are not followed.
 *
 * @throws Error when there is no workspace of this name
 */
export function workspacesOf(root: string, name: string): readonly string[] {
  const folders = new Map<string, { folder: string; manifest: Manifest }>();
  for (const pattern of read(root).workspaces ?? []) {
    for (const file of globSync(`${pattern}/package.json`, { cwd: root })) {
      const folder = path.dirname(file);
      const manifest = read(path.join(root, folder));
      folders.set(manifest.name, { folder, manifest });
    }
  }
  const needed = new Set<string>();
  const follow = (dependency: string) => {
    const found = folders.get(dependency);
    if (!found || needed.has(found.folder)) return;
    needed.add(found.folder);
    for (const next of Object.keys(found.manifest.dependencies ?? {})) follow(next);
  };
  follow(name);
  if (needed.size === 0) throw new Error(`there is no workspace ${name}`);
  return [...needed].toSorted();
}

function read(folder: string): Manifest {
  return JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as Manifest;
}
