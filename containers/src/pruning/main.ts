import { cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { workspacesOf } from './workspaces.ts';

const USAGE = `Usage: node containers/src/pruning/main.ts workspace NAME FOLDER
       node containers/src/pruning/main.ts modules FOLDER

workspace  copies what an image of this workspace is made of: FOLDER/manifests for npm ci, FOLDER/sources for what runs.
modules    removes from the node_modules below FOLDER what nothing loads at run time: types, source maps, manuals. Licences stay.

Needs nothing but Node: it runs before npm ci does. Exit codes: 0 done, 2 usage.
`;

/** Files that Node never loads: it does not strip types below node_modules, and source maps are off. */
const NEVER_LOADED = /\.([cm]?ts|map|md|markdown|tsbuildinfo|flow)$/i;
/** Licences must be distributed with copies. */
const LICENCE = /^(licen[cs]e|copying|notice)/i;

process.exitCode = main();

function main(): number {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    strict: false,
    options: { help: { type: 'boolean', short: 'h' } },
  });
  const [command, first, second, ...rest] = positionals;
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command === 'workspace' && first && second && rest.length === 0) {
    copyWorkspace(first, second);
    return 0;
  }
  if (command === 'modules' && first && second === undefined) {
    removeNeverLoaded(first);
    return 0;
  }
  process.stderr.write(USAGE);
  return 2;
}

/** Copies manifests apart from sources, so that a change of a source does not change the layer of dependencies. */
function copyWorkspace(name: string, target: string): void {
  for (const file of ['package.json', 'package-lock.json']) cpSync(file, path.join(target, 'manifests', file));
  for (const folder of workspacesOf('.', name)) {
    const manifest = path.join(folder, 'package.json');
    cpSync(manifest, path.join(target, 'manifests', manifest));
    cpSync(folder, path.join(target, 'sources', folder), { recursive: true, filter: isNoDockerfile });
  }
}

function isNoDockerfile(file: string): boolean {
  return path.basename(file) !== 'Dockerfile';
}

function removeNeverLoaded(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const installed = entry.parentPath.split(path.sep).includes('node_modules');
    if (installed && entry.isFile() && NEVER_LOADED.test(entry.name) && !LICENCE.test(entry.name)) {
      // Links to workspaces are followed, so a file can occur twice.
      rmSync(path.join(entry.parentPath, entry.name), { force: true });
    }
  }
}
