import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that waits for the end of this one. */
export interface Watchdog {
  /** Ends it without running the script. */
  disarm(): Promise<void>;
}

/**
 * Runs a shell script as soon as this process has ended, however it ended: after a kill -9, the kernel closes the pipe that the watchdog
 * reads. It has a session of its own, which a terminal's Ctrl-C does not reach, and does not keep this process alive.
 *
 * @param script POSIX shell; the arguments are `$1`, `$2` …
 */
export function startWatchdog(script: string, args: readonly string[]): Watchdog {
  const child = spawn('/bin/sh', ['-c', `read -r _; ${script}`, 'marquee-watchdog', ...args], {
    stdio: ['pipe', 'ignore', 'ignore'],
    cwd: '/',
    detached: true,
  });
  child.unref();
  // A child's pipe is a socket to Node, which keeps the event loop alive unless it is unreferenced.
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin.on('error', () => {}); // disarming ends with EPIPE
  return {
    disarm: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.ref();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Kills a child, even a stopped one, as soon as this process has ended, however it ended. */
export function killWithParent(child: ChildProcess): void {
  if (child.pid === undefined) return; // it did not start
  const watchdog = startWatchdog('kill -KILL "$1"', [String(child.pid)]);
  child.once('exit', () => void watchdog.disarm());
}
