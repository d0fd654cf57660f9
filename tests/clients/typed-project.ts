import { execFile } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const MODULES = path.resolve(import.meta.dirname, '../../node_modules');

/** Time in which a program ends. */
const PROGRAM_MS = 60_000;

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
  types: ['node'],
};

/** A client's TypeScript project in a temporary folder, with the packages of this repository. */
export interface TypedProject {
  /** Runs a package's command in the folder. Rejects when it fails, with its output in the message. */
  run(command: string, ...args: readonly string[]): Promise<void>;
  /** Runs a program; returns its standard output. */
  outputOf(program: string): Promise<string>;
  /** Imports a file of the project. */
  load<Module>(file: string): Promise<Module>;
  remove(): Promise<void>;
}

/** Writes a project: its files by name, of which `tsconfig.json` may have options and plugins. */
export async function writeProject(files: Readonly<Record<string, string>>): Promise<TypedProject> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'marquee-typed-'));
  await symlink(MODULES, path.join(folder, 'node_modules'));
  const given = JSON.parse(files['tsconfig.json'] ?? '{}') as { compilerOptions?: object };
  const settings = {
    'package.json': JSON.stringify({ type: 'module' }),
    'tsconfig.json': JSON.stringify({ compilerOptions: { ...COMPILER_OPTIONS, ...given.compilerOptions } }),
  };
  for (const [name, text] of Object.entries({ ...files, ...settings })) await writeFile(path.join(folder, name), text);
  return {
    async run(command, ...args) {
      const binary = path.join(MODULES, '.bin', command);
      await promisify(execFile)(process.execPath, [binary, ...args], { cwd: folder }).catch(
        ({ message, stdout }: { message: string; stdout: string }) => {
          throw new Error(`${message}\n${stdout}`);
        },
      );
    },
    async outputOf(program) {
      const { stdout } = await promisify(execFile)(process.execPath, [program], { cwd: folder, timeout: PROGRAM_MS });
      return stdout;
    },
    load: (file) => import(pathToFileURL(path.join(folder, file)).href),
    remove: () => rm(folder, { recursive: true }),
  };
}
