import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type End, type Running, startChild } from './child.ts';
import type { LogReader } from './child-log.ts';
import { baseEnvironment, defined } from './environment.ts';
import { failed, type Service, startService } from './service.ts';
import { type Shutdown, STAGE, type Stage } from './shutdown.ts';
import type { State } from './state.ts';
import type { Terminal } from './terminal.ts';

const LOG_INTERVAL_MS = 1_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** An entry point with its arguments and environment. */
export interface Program {
  /** Name on the terminal and of the log file. */
  readonly name: string;
  /** The entry point relative to the root, and its arguments. */
  readonly command: readonly string[];
  readonly env: Environment;
}

/** Starts the parts of a stack, and registers each of them for the shutdown. */
export interface Launcher {
  /** Supervises a service; resolves when it is ready for the first time. */
  keep(stage: Stage, name: string, start: () => Promise<Running>, probe?: () => Promise<void>): Promise<void>;
  /** Supervises a server; `readyUrl` returns 200 when it is ready. */
  serve(stage: Stage, program: Program, readyUrl: string): Promise<void>;
  /** Runs a command, and resolves also when it fails. */
  run(program: Program): Promise<{ readonly end: End; readonly log: LogReader | undefined }>;
  /** Runs a command, and rejects when it fails. */
  require(program: Program): Promise<void>;
  /** The supervised services. */
  readonly services: readonly Service[];
}

export interface LauncherOptions {
  readonly root: string;
  readonly env: Environment;
  readonly state: State;
  readonly shutdown: Shutdown;
  readonly terminal: Terminal;
}

export function createLauncher({ root, env, state, shutdown, terminal }: LauncherOptions): Launcher {
  const { stopping } = shutdown;
  const base = { NODE_COMPILE_CACHE: state.compileCache, ...baseEnvironment(env) };
  const services: Service[] = [];

  function spawn(program: Program): Promise<Running> {
    stopping.throwIfAborted();
    const logFile = path.join(state.logs, `${program.name.replaceAll(' ', '-')}.log`);
    return startChild({ root, command: program.command, logFile, env: defined({ ...base, ...program.env }) });
  }

  const launcher: Launcher = {
    services,
    keep: async (stage, name, start, probe = async () => {}) => {
      const since = Date.now();
      await startService({ name, start, probe, stopping, report: terminal.note }, (service) => {
        services.push(service);
        shutdown.add(stage, service);
      });
      terminal.done(name, since);
    },
    serve: (stage, program, readyUrl) =>
      launcher.keep(
        stage,
        program.name,
        () => spawn(program),
        () => probeHttp(readyUrl),
      ),
    run: async (program) => {
      const running = await spawn(program);
      shutdown.add(STAGE.work, running);
      return { end: await running.ended, log: running.log };
    },
    require: async (program) => {
      const since = Date.now();
      const { end } = await launcher.run(program);
      stopping.throwIfAborted();
      if (end.exitCode !== 0) throw failed(program.name, end);
      terminal.done(program.name, since);
    },
  };
  void followLogs(services, terminal, stopping);
  return launcher;
}

async function followLogs(services: readonly Service[], terminal: Terminal, stopping: AbortSignal): Promise<void> {
  while (!stopping.aborted) {
    for (const service of services) {
      const problems = await service.current()?.log?.problems();
      if (problems) terminal.problems(service.name, problems);
    }
    await sleep(LOG_INTERVAL_MS, undefined, { signal: stopping, ref: false }).catch(() => {});
  }
}

async function probeHttp(readyUrl: string): Promise<void> {
  const response = await fetch(readyUrl, { signal: AbortSignal.timeout(5_000) });
  const body = await response.text();
  if (!response.ok) throw new Error(body.slice(0, 500));
}
