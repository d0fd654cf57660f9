import { readdir, readFile } from 'node:fs/promises';

/** Linux reports times in ticks of 10 ms: sysconf(_SC_CLK_TCK) is 100 on every architecture that Node runs on. */
const MS_PER_TICK = 10;

interface ProcessTimes {
  readonly parent: number;
  /** User and system time of all threads, in milliseconds. */
  readonly ownMs: number;
  /** The same of children that have ended. */
  readonly childrenMs: number;
}

/** Returns the user and system time of processes in milliseconds; NaN without /proc. */
export async function cpuOfProcesses(pids: readonly number[]): Promise<number> {
  const times = await Promise.all(pids.map(timesOf));
  return times.reduce((sum, entry) => sum + (entry?.ownMs ?? Number.NaN), 0);
}

/** Returns the user and system time of a Postgres server and all its processes, ended ones included; NaN without /proc. */
export async function cpuOfPostgres(postmaster: number): Promise<number> {
  const server = await timesOf(postmaster);
  if (server === undefined) return Number.NaN;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const all = await Promise.all(pids.map(timesOf));
  const backends = all.filter((entry) => entry?.parent === postmaster);
  return server.ownMs + server.childrenMs + backends.reduce((sum, entry) => sum + (entry?.ownMs ?? 0), 0);
}

/** proc(5), /proc/pid/stat: "pid (comm) state ppid …"; comm may hold blanks and parentheses. */
async function timesOf(pid: number): Promise<ProcessTimes | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat === undefined) return undefined;
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (first: number) => (Number(fields[first]) + Number(fields[first + 1])) * MS_PER_TICK;
  return { parent: Number(fields[1]), ownMs: ticks(11), childrenMs: ticks(13) };
}
