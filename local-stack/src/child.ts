import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { type LogReader, readLog } from './child-log.ts';

const GRACE_MS = 20_000;

/** A running part of the stack: a child process, or the database server. */
export interface Running {
  readonly pid: number;
  /** Resolves at its end, whatever the reason. */
  readonly ended: Promise<End>;
  readonly log?: LogReader;
  /** Drains it, or kills it if that takes too long. */
  stop(): Promise<void>;
  /** Kills it at once. */
  kill(): void;
}

/** The end of a part: its reason, and its exit code if it had one. */
export interface End {
  readonly reason: string;
  readonly exitCode: number | undefined;
}

export interface ChildOptions {
  /** The entry point, relative to the root, and its arguments. */
  readonly command: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly root: string;
  readonly logFile: string;
}

/**
 * Starts an entry point as a process on the same Node. It has a session of its own, so that a terminal's Ctrl-C reaches this process alone,
 * which stops the parts in order. The end of the IPC channel stops it when this process has died.
 */
export async function startChild({ command, env, root, logFile }: ChildOptions): Promise<Running> {
  const output = await open(logFile, 'a', 0o600);
  const log = await readLog(logFile);
  const child = spawn(process.execPath, command, {
    cwd: root,
    env,
    stdio: ['ignore', output.fd, output.fd, 'ipc'],
    detached: true,
  });
  // Rejects, and with it the start, when the system cannot start another process.
  const exited = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  await output.close();
  const { pid } = child;
  if (pid === undefined) await exited;
  const ended = exited.then(async ([code, signal]) => {
    await log.problems();
    return { reason: signal ? `it was ended by ${signal}` : log.lastWords(), exitCode: code ?? undefined };
  });
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: pid ?? 0,
    ended,
    log,
    kill: () => void child.kill('SIGKILL'),
    stop: async () => {
      if (isOver()) return;
      child.kill('SIGTERM');
      const patience = new AbortController();
      await Promise.race([exited, sleep(GRACE_MS, undefined, { signal: patience.signal }).catch(() => {})]);
      patience.abort();
      if (isOver()) return;
      child.kill('SIGKILL');
      await exited;
    },
  };
}
