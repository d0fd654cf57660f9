import { EXIT, MarqueeError, messageOf } from './errors.ts';
import { Health } from './health.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Registry } from './metrics.ts';

/** What a process hands to its parts: logs, metrics, health, and a place to say what to do at its end. */
export interface ProcessContext {
  readonly service: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Aborted when the process begins to stop. */
  readonly stopping: AbortSignal;
  /** Registers what ends a part; run in reverse order of registration, one after the other. */
  onStop(name: string, stop: () => Promise<unknown>): void;
}

/** A context and the call that stops what was registered with it. */
export interface StoppableContext extends ProcessContext {
  stop(): Promise<void>;
}

/** A context outside of {@link runProcess}: for tests, and for programs that bring their own signals. */
export function createContext(service: string, logLevel?: string): StoppableContext {
  const logger = createLogger(service, logLevel);
  const controller = new AbortController();
  const stops: { name: string; stop: () => Promise<unknown> }[] = [];
  const health = new Health((check, reason) => logger.warn({ check, reason }, 'not ready'));
  let stopped: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    health.drain();
    controller.abort();
    const failures: unknown[] = [];
    for (let entry = stops.pop(); entry; entry = stops.pop()) {
      const { name, stop } = entry;
      logger.debug({ part: name }, 'stopping');
      try {
        await stop();
      } catch (error) {
        logger.error({ err: error, part: name }, 'a part did not stop cleanly');
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not every part stopped cleanly');
  }

  return {
    service,
    logger,
    metrics: createMetrics(service),
    health,
    stopping: controller.signal,
    onStop: (name, stop) => void stops.push({ name, stop }),
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

/**
 * Runs a process from its start to its end. SIGTERM, SIGINT, or the end of a parent that holds an IPC channel to it, drain it:
 * what was registered with `onStop` ends in reverse order, then it exits 0. A second signal ends it at once with 1. It also ends by
 * itself when `main` has returned and nothing was registered. An error ends it with one line in the log and its exit code.
 */
export async function runProcess(
  service: string,
  main: (ctx: ProcessContext) => Promise<void>,
  logLevel?: string,
): Promise<void> {
  const ctx = createContext(service, logLevel);
  let exitCode: number = EXIT.ok;
  const ended = Promise.withResolvers<void>();

  function fail(error: unknown): void {
    report(ctx.logger, error);
    exitCode = error instanceof MarqueeError ? error.exitCode : EXIT.failed;
    ended.resolve();
  }
  function onSignal(signal: NodeJS.Signals): void {
    if (ctx.stopping.aborted) process.exit(EXIT.failed);
    ctx.logger.info({ signal }, 'draining');
    ended.resolve();
  }
  function onDisconnect(): void {
    ctx.logger.warn('the parent process is gone; draining');
    ended.resolve();
  }

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  process.on('disconnect', onDisconnect);
  process.on('uncaughtException', fail);

  let registered = false;
  const tracked: ProcessContext = {
    ...ctx,
    onStop: (name, stop) => {
      registered = true;
      ctx.onStop(name, stop);
    },
  };
  main(tracked).then(() => {
    if (!registered) ended.resolve();
  }, fail);

  await ended.promise;
  try {
    await ctx.stop();
  } catch {
    exitCode ||= EXIT.failed;
  }
  process.exit(exitCode);
}

/** One entry for an error that ends a process: plain words on a terminal, JSON elsewhere; a programming mistake with its stack. */
function report(logger: Logger, error: unknown): void {
  if (!(error instanceof MarqueeError)) {
    logger.fatal({ err: error, code: 'UNEXPECTED' }, messageOf(error));
  } else if (process.stderr.isTTY) {
    process.stderr.write(`${error.message} (${error.code})\n`);
  } else {
    const cause = error.cause === undefined ? undefined : messageOf(error.cause);
    logger.fatal({ code: error.code, cause }, error.message);
  }
}
