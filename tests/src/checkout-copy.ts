import { cp, glob, mkdir, mkdtemp, readdir, readlink, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/**
 * Copies files and folders of a checkout, except ignored ones, to a new temporary folder, and links the installed packages there; links
 * to workspaces point into the copy. Returns the folder.
 */
export async function copyCheckout(root: string, entries: readonly string[], without = /^$/): Promise<string> {
  const copy = await mkdtemp(path.join(os.tmpdir(), 'marquee-checkout-'));
  for (const entry of entries) {
    await cp(path.join(root, entry), path.join(copy, entry), {
      recursive: true,
      filter: (source) => !/[/\\](node_modules|\.turbo)([/\\]|$)/.test(source) && !without.test(source),
    });
  }
  await linkModules(path.join(root, 'node_modules'), path.join(copy, 'node_modules'));
  // A workspace has its own copy of a package with another version.
  for await (const folder of glob(`{${entries}}{,/*}/node_modules`, { cwd: root })) {
    await symlink(path.join(root, folder), path.join(copy, folder));
  }
  return copy;
}

async function linkModules(from: string, to: string): Promise<void> {
  await mkdir(path.join(to, '@marquee'), { recursive: true });
  for (const entry of await readdir(from)) {
    if (entry !== '@marquee') await symlink(path.join(from, entry), path.join(to, entry));
  }
  for (const entry of await readdir(path.join(from, '@marquee'))) {
    await symlink(await readlink(path.join(from, '@marquee', entry)), path.join(to, '@marquee', entry));
  }
}
