import type { Logger } from '@marquee/runtime/logger';
import { type LogEntry, type logCreator, logLevel } from 'kafkajs';

/** Error message of connections that closing the client cuts off. */
export const CUT_OFF = 'the client is closed';

/** Messages that kafkajs logs as errors or warnings although they are expected, or repeated. */
const ROUTINE = [
  // Members come and go; each exchange with the coordinator in between is answered so, and the member joins again.
  'rebalanc',
  // The first answer to a new member, which then joins with the id that it was given (KIP-394).
  'The coordinator is not aware of this member',
  // The publisher does limit the retries, and never uses a producer again after one that failed.
  'Limiting retries for the idempotent producer',
  // Follows the connection's own error, which says why.
  'Failed to connect to seed broker',
  CUT_OFF,
];

/** While a broker is away, each attempt to connect fails in the same way: one entry of a kind in this time is enough. */
const REPEAT_MS = 10_000;

const lastSaid = new WeakMap<Logger, Map<string, number>>();

/**
 * Sends kafkajs' log to ours, a level lower than kafkajs takes it: it reports as errors what it then retries by itself.
 * What cannot be retried reaches the adapter as an error, and is logged or thrown there.
 */
export function clientLog(logger: Logger): logCreator {
  const log = logger.child({ component: 'kafkajs' });
  // Clients come and go while the broker is away; what has been said is remembered across them.
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
