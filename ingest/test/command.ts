import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line with these variables only, besides PATH. */
export function start(t: TestContext, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  t.after(() => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code]): Ended => ({ code, stdout, stderr }));
  /** Resolves when stderr holds a match; rejects when the process ends without. */
  async function says(pattern: RegExp): Promise<RegExpMatchArray> {
    for (;;) {
      const match = stderr.match(pattern);
      if (match) return match;
      const done = await Promise.race([once(child.stderr, 'data').then(() => false), ended.then(() => true)]);
      if (done && !pattern.test(stderr)) throw new Error(`it ended without saying ${pattern}: ${stderr}`);
    }
  }
  return { ended, says, kill: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** Runs the command line to its end. */
export function run(
  t: TestContext,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return start(t, args, env).ended;
}
