import { EXIT } from '@marquee/runtime/errors';

/**
 * Calls `interrupt` on the first SIGINT or SIGTERM, or when the parent's IPC channel closes; a second signal ends the process at once.
 *
 * @returns a function that removes the listeners
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
