import { EXIT } from '@marquee/runtime/errors';

/** Time within which two signals count as one: npm forwards a Ctrl-C to its script, which has received it from the terminal too. */
const SAME_WISH_MS = 500;

export interface Signals {
  /** Resolves at the first signal, to undefined. */
  readonly requested: Promise<undefined>;
  /** Removes the handlers. */
  restore(): void;
}

/** Handles SIGINT, SIGTERM and SIGHUP. The first requests an orderly stop; a later one runs `atOnce` and exits with 1. */
export function onSignals(atOnce: () => void): Signals {
  const requested = Promise.withResolvers<undefined>();
  let first: number | undefined;
  function onSignal(): void {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      requested.resolve(undefined);
    } else if (now - first > SAME_WISH_MS) {
      atOnce();
      process.exit(EXIT.failed);
    }
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    requested: requested.promise,
    restore: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
