import type { Logger } from '@marquee/runtime/logger';
import { type LogEntry, type logCreator, logLevel } from 'kafkajs';

/** Error message of connections that end with the client. */
export const CUT_OFF = 'the client is closed';

/** Expected or repeated messages that kafkajs logs as errors or warnings. */
const ROUTINE = [
  // A rebalance: the coordinator returns this to each request, and the member joins again.
  'rebalanc',
  // The first response to a new member, which then joins with the id that it received (KIP-394).
  'The coordinator is not aware of this member',
  // The publisher limits the retries, and never uses a producer again after a failure.
  'Limiting retries for the idempotent producer',
  // Follows the connection's own error, which has the reason.
  'Failed to connect to seed broker',
  CUT_OFF,
];

/** Interval between equal entries: while a broker is unavailable, each attempt to connect fails in the same way. */
const REPEAT_MS = 10_000;

const lastSaid = new WeakMap<Logger, Map<string, number>>();

/**
 * Writes kafkajs' log to the process's, one level lower: kafkajs logs failures as errors that it then retries itself. Final failures
 * reach the adapter as errors, which logs or throws them.
 */
export function clientLog(logger: Logger): logCreator {
  const log = logger.child({ component: 'kafkajs' });
  // Shared by clients, which are replaced while the broker is unavailable.
  const said = lastSaid.get(logger) ?? new Map<string, number>();
  lastSaid.set(logger, said);

  function isWorthSaying(text: string): boolean {
    if (ROUTINE.some((routine) => text.includes(routine))) return false;
    const now = Date.now();
    if (now - (said.get(text) ?? 0) < REPEAT_MS) return false;
    for (const [other, at] of said) if (now - at >= REPEAT_MS) said.delete(other);
    said.set(text, now);
    return true;
  }

  return () => (entry: LogEntry) => {
    const { message, timestamp: _, logger: __, stack: ___, ...details } = entry.log;
    const text = `${message} ${typeof details.error === 'string' ? details.error : ''}`;
    const fields = { namespace: entry.namespace, ...details };
    if (entry.level <= logLevel.WARN && isWorthSaying(text)) log.warn(fields, message);
    else log.debug(fields, message);
  };
}
