import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import type { End, Running } from './child.ts';

/** Delays before restarts of a part, which fails for good after the last. */
const RESTART_DELAYS_MS = [500, 1_000, 2_000, 4_000];
/** Uptime after which the restarts count from the start again. */
const HEALTHY_MS = 60_000;
const READY_MS = 60_000;

export interface ServiceOptions {
  readonly name: string;
  start(): Promise<Running>;
  /** Rejects with the reason while it is not ready. */
  readonly probe: () => Promise<void>;
  /** Aborted when the stack stops. */
  readonly stopping: AbortSignal;
  /** Prints a line: a restart and its reason. */
  readonly report: (line: string) => void;
}

/** A supervised part. */
export interface Service {
  readonly name: string;
  /** The current process. */
  current(): Running | undefined;
  /** Rejects with a MarqueeError `SERVICE_FAILED` when the part fails for good; otherwise never settles. */
  readonly failed: Promise<never>;
  stop(): Promise<void>;
  kill(): void;
}

/**
 * Starts a part, waits until it is ready, and then restarts it when it ends.
 *
 * @param onStarted receives the service before it is ready, so that it can be stopped while it starts
 * @throws MarqueeError `SERVICE_FAILED` when it does not become ready, with the part's exit code
 */
export async function startService(options: ServiceOptions, onStarted: (service: Service) => void): Promise<Service> {
  const { name, stopping, report } = options;
  const failure = Promise.withResolvers<never>();
  failure.promise.catch(() => {}); // without a supervisor while it starts
  let running: Running | undefined;
  let restarts = 0;

  async function launch(): Promise<void> {
    for (;;) {
      stopping.throwIfAborted();
      const startedAt = Date.now();
      try {
        running = await options.start();
        await untilReady(options, running);
        void running.ended.then((end) => relaunch(end, startedAt));
        return;
      } catch (error) {
        await running?.stop();
        stopping.throwIfAborted();
        await pause(error);
      }
    }
  }

  async function relaunch(end: End, startedAt: number): Promise<void> {
    if (stopping.aborted) return;
    if (Date.now() - startedAt > HEALTHY_MS) restarts = 0;
    try {
      await pause(failed(name, end));
      await launch();
      report(`${name} is back`);
    } catch (error) {
      if (!stopping.aborted) failure.reject(error);
    }
  }

  /** Waits before the next attempt, or throws when it would fail again: a mistake in the configuration persists. */
  async function pause(error: unknown): Promise<void> {
    const delay = RESTART_DELAYS_MS[restarts];
    if (delay === undefined || (error instanceof MarqueeError && error.exitCode === EXIT.usage)) throw error;
    restarts += 1;
    report(`${messageOf(error)} Starting it again (${restarts} of ${RESTART_DELAYS_MS.length}).`);
    await sleep(delay, undefined, { signal: stopping });
  }

  const service: Service = {
    name,
    current: () => running,
    failed: failure.promise,
    stop: async () => running?.stop(),
    kill: () => running?.kill(),
  };
  onStarted(service);
  await launch();
  return service;
}

/** Returns the error of a part that ended by itself. */
export function failed(name: string, { reason, exitCode }: End): MarqueeError {
  return new MarqueeError('SERVICE_FAILED', `${name} stopped: ${reason.replace(/\.?$/, '.')}`, {
    exitCode: exitCode || EXIT.failed,
  });
}

async function untilReady({ name, probe, stopping }: ServiceOptions, running: Running): Promise<void> {
  let end: End | undefined;
  void running.ended.then((value) => {
    end = value;
  });
  for (const deadline = Date.now() + READY_MS; ; await sleep(50)) {
    stopping.throwIfAborted();
    if (end) throw failed(name, end);
    try {
      await probe();
      return;
    } catch (error) {
      if (Date.now() > deadline) {
        throw new MarqueeError(
          'SERVICE_FAILED',
          `${name} is not ready after ${READY_MS / 1000} s: ${messageOf(error)}.`,
        );
      }
    }
  }
}
