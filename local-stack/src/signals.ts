import { EXIT } from '@marquee/runtime/errors';

/** npm hands a Ctrl-C on to its script, which the terminal has told already: two signals within this time are one wish. */
const SAME_WISH_MS = 500;

export interface Signals {
  /** Resolves, to nothing, when somebody wants the process to stop. */
  readonly asked: Promise<undefined>;
  /** Gives the signals back. */
  restore(): void;
}

/** Takes SIGINT, SIGTERM and SIGHUP. The first asks for an orderly stop; a later one runs `atOnce` and ends the process with 1. */
export function onSignals(atOnce: () => void): Signals {
  const asked = Promise.withResolvers<undefined>();
  let first: number | undefined;
  function onSignal(): void {
    const now = performance.now();
    if (first === undefined) {
      first = now;
      asked.resolve(undefined);
    } else if (now - first > SAME_WISH_MS) {
      atOnce();
      process.exit(EXIT.failed);
    }
  }
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const name of names) process.on(name, onSignal);
  return {
    asked: asked.promise,
    restore: () => {
      for (const name of names) process.off(name, onSignal);
    },
  };
}
