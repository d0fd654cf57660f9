import { EXIT } from '@marquee/runtime/errors';

/**
 * Calls `interrupt` on the first SIGINT or SIGTERM, or when a parent that holds an IPC channel is gone; a second signal ends the process
 * at once.
 *
 * @returns what gives the signals back.
 */
export function onInterruption(interrupt: () => void): () => void {
  let interrupted = false;
  function onSignal(): void {
    if (interrupted) process.exit(EXIT.failed);
    interrupted = true;
    interrupt();
  }
  const events = ['SIGINT', 'SIGTERM', 'disconnect'] as const;
  for (const event of events) process.on(event, onSignal);
  return () => {
    for (const event of events) process.off(event, onSignal);
  };
}
