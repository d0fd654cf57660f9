import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { acquireLock } from '@marquee/local-services/process-lock';
import { EXIT, MarqueeError } from '@marquee/runtime/errors';

/** The files and folders of a stack's state. */
export interface StatePaths {
  readonly folder: string;
  readonly logs: string;
  readonly postgres: string;
  readonly passwordsFile: string;
  readonly environmentFile: string;
  /** Keys with which the gateway signs requests to subgraphs. */
  readonly signingKeysFile: string;
  /** The key that development tokens are signed with, its public half, and the token of this run. */
  readonly tokenKeyFile: string;
  readonly tokenPublicKeyFile: string;
  readonly tokenFile: string;
  /** Node's compile cache (NODE_COMPILE_CACHE), shared by a dozen processes with mostly the same modules. */
  readonly compileCache: string;
}

/** The folder of a stack's data, passwords and logs, kept between runs. */
export interface State extends StatePaths {
  /** True when the previous run ended without a shutdown: by kill -9, or with the machine. */
  readonly recovered: boolean;
  /** Removes the files that describe a running stack, and releases the lock. */
  release(): Promise<void>;
}

export function statePaths(folder: string): StatePaths {
  return {
    folder,
    logs: path.join(folder, 'logs'),
    postgres: path.join(folder, 'postgres'),
    passwordsFile: path.join(folder, 'passwords.json'),
    environmentFile: path.join(folder, 'stack.env'),
    signingKeysFile: path.join(folder, 'signing-keys'),
    tokenKeyFile: path.join(folder, 'token-key.pem'),
    tokenPublicKeyFile: path.join(folder, 'token-key.pub.pem'),
    tokenFile: path.join(folder, 'token'),
    compileCache: path.join(folder, 'compile-cache'),
  };
}

/**
 * Locks the folder for this process.
 *
 * @throws MarqueeError `ALREADY_RUNNING` (exit code 2)
 */
export async function openState(folder: string): Promise<State> {
  await mkdir(folder, { recursive: true });
  const lock = await acquireLock(path.join(folder, 'lock'));
  if (!lock.held) {
    throw new MarqueeError(
      'ALREADY_RUNNING',
      `A stack already runs on ${folder} (process ${lock.owner}): stop it, or set MARQUEE_STATE_DIR and the ports for a second one.`,
      { exitCode: EXIT.usage },
    );
  }
  const paths = statePaths(folder);
  const state = {
    ...paths,
    recovered: lock.recovered,
    release: async () => {
      await rm(paths.environmentFile, { force: true });
      await lock.release();
    },
  };
  await mkdir(state.logs, { recursive: true, mode: 0o700 });
  return state;
}

/** Removes the stack's files except its database, and no other files of the folder. */
export async function dropState(state: State): Promise<void> {
  await rm(state.logs, { recursive: true, force: true });
  await mkdir(state.logs, { mode: 0o700 });
  const { passwordsFile, environmentFile, signingKeysFile, tokenKeyFile, tokenPublicKeyFile, tokenFile } = state;
  const files = [passwordsFile, environmentFile, signingKeysFile, tokenPublicKeyFile, tokenKeyFile, tokenFile];
  for (const file of files) await rm(file, { force: true });
}

/** Returns a password for each role, generated in the first run and kept. */
export async function readPasswords(state: State, roles: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(state.passwordsFile, 'utf8').catch((error) => {
    if (error.code === 'ENOENT') return '{}';
    throw error;
  });
  const stored = JSON.parse(text) as Record<string, string>;
  const passwords = Object.fromEntries(
    roles.map((role) => [role, stored[role] ?? randomBytes(24).toString('base64url')]),
  );
  await writeSecret(state.passwordsFile, `${JSON.stringify(passwords, undefined, 2)}\n`);
  return passwords;
}

/** Writes the settings of commands for this stack, for `node --env-file`. */
export async function writeEnvironment(state: State, variables: Readonly<Record<string, string>>): Promise<void> {
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${quoted(value)}\n`);
  await writeSecret(state.environmentFile, lines.join(''));
}

function quoted(value: string): string {
  if (/^[\w:/@.,=&?%+~-]*$/.test(value)) return value;
  const quote = ["'", '"', '`'].find((mark) => !value.includes(mark));
  return `${quote}${value}${quote}`;
}

/** Writes a file atomically, readable only by its owner. */
export async function writeSecret(file: string, text: string): Promise<void> {
  const draft = `${file}.new`;
  await rm(draft, { force: true });
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, file);
}
