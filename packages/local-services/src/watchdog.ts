import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** A process that waits for the end of this one. */
export interface Watchdog {
  /** Ends it without its doing anything: the thing it watched over was stopped in the ordinary way. */
  disarm(): Promise<void>;
}

/**
 * Runs a shell script as soon as this process is gone, however it went: kill -9 leaves no chance to clean up, but the kernel
 * closes the pipe that the watchdog reads. It sits in a session of its own, out of reach of a terminal's Ctrl-C, and does not
 * keep this process alive.
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
  // A pipe of a child is a socket to Node, and holds the event loop unless told otherwise.
  (child.stdin as unknown as { unref(): void }).unref();
  child.stdin.on('error', () => {}); // EPIPE at its end is what disarming looks like
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
