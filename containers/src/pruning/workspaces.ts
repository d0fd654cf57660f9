import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The used fields of a workspace's package.json. */
interface Manifest {
  readonly name: string;
  readonly workspaces?: readonly string[];
  readonly dependencies?: Readonly<Record<string, string>>;
}

/**
 * Returns the folders of a workspace and of its dependencies among the workspaces, direct and indirect, relative to the root.
 * Development dependencies are excluded.
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
