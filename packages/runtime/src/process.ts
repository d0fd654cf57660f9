import { EXIT, MarqueeError, messageOf } from './errors.ts';
import { Health } from './health.ts';
import { createLogger, type Logger } from './logger.ts';
import { createMetrics, type Registry } from './metrics.ts';

/** Logs, metrics, health and shutdown hooks of a process, for its parts. */
export interface ProcessContext {
  readonly service: string;
  readonly logger: Logger;
  readonly metrics: Registry;
  readonly health: Health;
  /** Aborted when the process begins to stop. */
  readonly stopping: AbortSignal;
  /** Registers a hook that stops a part. Hooks run one after the other, the last one first. */
  onStop(name: string, stop: () => Promise<unknown>): void;
  /** Reports an error that a part cannot recover from, and ends the process with its exit code after the hooks of `onStop`. */
  fail(error: unknown): void;
}

/** A context with the function that runs its hooks. */
export interface StoppableContext extends ProcessContext {
  stop(): Promise<void>;
  /** Resolves with the error of the first `fail`. */
  readonly failed: Promise<unknown>;
}

/** Returns a context outside of {@link runProcess}: for tests, and for programs that handle signals themselves. */
export function createContext(service: string, logLevel?: string): StoppableContext {
  const logger = createLogger(service, logLevel);
  const controller = new AbortController();
  const stops: { name: string; stop: () => Promise<unknown> }[] = [];
  const health = new Health((check, reason) => logger.warn({ check, reason }, 'not ready'));
  const failed = Promise.withResolvers<unknown>();
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
    fail: failed.resolve,
    failed: failed.promise,
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

/**
 * Runs a process from start to end. SIGTERM, SIGINT, or the exit of a parent that holds an IPC channel, drain it: the hooks of `onStop` run
 * in reverse order, then it exits with 0. A second signal ends it at once with 1. It also ends when `main` has returned without registering
 * a hook. An error ends it with one log line and its exit code.
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
  ctx.failed.then(fail);

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

/** Reports the error that ends a process: plain text on a terminal, JSON elsewhere; a programming error with its stack. */
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
