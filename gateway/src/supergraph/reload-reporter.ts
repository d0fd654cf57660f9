import { MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { Counter } from 'prom-client';
import type { Reloading, ReloadOutcome } from './reload.ts';

export interface ReloadReporterOptions {
  /** Of the counter, by outcome. */
  readonly name: string;
  readonly help: string;
  /** What is logged of a change that is in use, and of one that is not. */
  readonly loaded: string;
  readonly refused: string;
}

/** Counts and logs what comes of each change. */
export function reloadReporter(
  { metrics, logger }: ProcessContext,
  { name, help, loaded, refused }: ReloadReporterOptions,
): Reloading<unknown>['report'] {
  const reloads = new Counter({ name, help, labelNames: ['outcome'] as const, registers: [metrics] });
  for (const outcome of ['loaded', 'refused', 'unreadable'] satisfies ReloadOutcome[]) reloads.inc({ outcome }, 0);
  return (outcome, error) => {
    reloads.inc({ outcome });
    if (outcome === 'loaded') {
      logger.info(loaded);
      return;
    }
    const { code, message } = error instanceof MarqueeError ? error : { code: 'UNEXPECTED', message: String(error) };
    logger.error({ code, reason: message, err: error }, refused);
  };
}
