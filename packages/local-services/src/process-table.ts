import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A process of this machine. */
export interface ProcessEntry {
  readonly parent: number;
  /** Its start time, only to distinguish two processes with the same id. */
  readonly started: string;
  /** The command with its arguments. */
  readonly command: string;
}

/** Returns a process, from /proc or else from `ps`; undefined for a missing one or a zombie. */
export async function findProcess(pid: number): Promise<ProcessEntry | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

async function fromProc(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // proc(5): "pid (comm) state ppid …"; comm may have spaces and parentheses.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent] = fields;
    if (state === 'Z' || state === 'X') return undefined;
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
    return { parent: Number(parent), started: fields[19] ?? '', command };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}

async function fromPs(pid: number): Promise<ProcessEntry | undefined> {
  const { stdout } = await run('ps', ['-ww', '-o', 'ppid=,stat=,lstart=,args=', '-p', String(pid)]).catch((error) => {
    if (error.code === 1) return { stdout: '' }; // no such process
    throw error;
  });
  const match = /^\s*(\d+)\s+(\S+)\s+((?:\S+\s+){4}\d{4})\s+(.*)$/m.exec(stdout);
  if (!match || match[2]?.startsWith('Z')) return undefined;
  return { parent: Number(match[1]), started: match[3] ?? '', command: match[4] ?? '' };
}

/** Waits until a process has ended; false when it still runs after `timeoutMs`. Works for processes that are not children. */
export async function untilGone(pid: number, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; ; ) {
    if ((await findProcess(pid)) === undefined) return true;
    if (Date.now() > deadline) return false;
    await sleep(50);
  }
}
