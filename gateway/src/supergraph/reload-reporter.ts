import { MarqueeError } from '@marquee/runtime/errors';
import type { ProcessContext } from '@marquee/runtime/process';
import { Counter } from 'prom-client';
import type { ReloadOptions, ReloadOutcome } from './reload.ts';

export interface ReloadReporterOptions {
  /** Name of the counter, with the label `outcome`. */
  readonly name: string;
  readonly help: string;
  /** Log messages of a loaded and of a rejected change. */
  readonly loaded: string;
  readonly refused: string;
}

/** Creates a function that counts and logs the outcome of each change. */
export function reloadReporter(
  { metrics, logger }: ProcessContext,
  { name, help, loaded, refused }: ReloadReporterOptions,
): ReloadOptions<unknown>['report'] {
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
