import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@marquee/local-services/free-port';
import { killWithParent } from '@marquee/local-services/watchdog';
import { INGEST_MAIN } from './databases.ts';
import { ENVIRONMENT } from './environment.ts';

/** A run of `ingest` that is in progress. */
export interface IngestRun {
  readonly pid: number;
  kill(): Promise<void>;
  /** Resolves with exit code and summary. */
  readonly ended: Promise<{ readonly code: number | null; readonly stdout: string }>;
}

/** An emulator of TMDb, and runs of `ingest` against it. */
export interface Ingest {
  run(...args: readonly string[]): IngestRun;
  /** Kills runs and emulator. */
  stop(): void;
}

export interface IngestOptions {
  readonly movies: number;
  readonly seed: number;
  /** Environment of the runs. */
  readonly env: Readonly<Record<string, string>>;
}

export async function startIngest({ movies, seed, env }: IngestOptions): Promise<Ingest> {
  const origin = `http://127.0.0.1:${await freePort()}`;
  const children = new Set<ChildProcess>();

  function start(args: readonly string[], more: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [INGEST_MAIN, ...args], {
      env: { ...ENVIRONMENT, LOG_LEVEL: 'fatal', ...more },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    killWithParent(child);
    children.add(child);
    return child;
  }

  const size = ['--synthetic', String(movies), '--seed', String(seed)];
  const emulator = start(['emulator', ...size], { EMULATOR_PORT: new URL(origin).port });
  emulator.stdout.resume();
  while (!(await fetch(`${origin}/readyz`).catch(() => undefined))?.ok) {
    if (emulator.exitCode !== null) throw new Error(`the emulator ended with code ${emulator.exitCode}`);
    await sleep(100);
  }
  return {
    run(...args) {
      const child = start([...args, '--json'], { ...env, TMDB_BASE_URL: `${origin}/3` });
      const exited = once(child, 'exit');
      return {
        pid: child.pid as number,
        ended: Promise.all([text(child.stdout), exited]).then(([stdout, [code]]) => ({ stdout, code })),
        async kill() {
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    stop() {
      for (const child of children) child.kill('SIGKILL');
    },
  };
}
