import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');

const COMPILER_OPTIONS = {
  target: 'es2024',
  lib: ['es2024', 'dom'],
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  erasableSyntaxOnly: true,
  verbatimModuleSyntax: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  noEmit: true,
  types: [],
};

/** A client's TypeScript project in a temporary folder, with the packages of this repository. */
export interface TypedProject {
  /** Runs a package's command in the folder. Rejects when it fails, with its output in the message. */
  run(command: string, ...args: readonly string[]): Promise<void>;
  /** Imports a file of the project. */
  load<Module>(file: string): Promise<Module>;
  remove(): Promise<void>;
}

/**
 * Writes a project.
 *
 * @param files contents by name
 * @param plugins plugins of TypeScript's language server, which tools read
 */
export async function writeProject(
  files: Readonly<Record<string, string>>,
  plugins: readonly object[] = [],
): Promise<TypedProject> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-typed-'));
  await symlink(MODULES, path.join(folder, 'node_modules'));
  const settings = {
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, plugins } }),
  };
  for (const [name, text] of Object.entries({ ...settings, ...files })) await writeFile(path.join(folder, name), text);
  return {
    async run(command, ...args) {
      const binary = path.join(MODULES, '.bin', command);
      await promisify(execFile)(process.execPath, [binary, ...args], { cwd: folder }).catch(
        ({ message, stdout }: { message: string; stdout: string }) => {
          throw new Error(`${message}\n${stdout}`);
        },
      );
    },
    load: (file) => import(pathToFileURL(path.join(folder, file)).href),
    remove: () => rm(folder, { recursive: true }),
  };
}
