import type { Logger } from '@marquee/runtime/logger';
import { type LogEntry, type logCreator, logLevel } from 'kafkajs';

/** What kafkajs reports as an error or a warning although it is the protocol's normal course. */
const ROUTINE = [
  // Members come and go; each exchange with the coordinator in between is answered so, and the member joins again.
  'The group is rebalancing',
  'rebalance',
  // The first answer to a new member, which then joins with the id that it was given (KIP-394).
  'The coordinator is not aware of this member',
  // The publisher does limit the retries, and never uses a producer again after one that failed.
  'Limiting retries for the idempotent producer',
];

/**
 * Sends kafkajs' log to ours, a level lower than kafkajs takes it: it reports as errors what it then retries by itself.
 * What cannot be retried reaches the adapter as an error, and is logged or thrown there.
 */
export function clientLog(logger: Logger): logCreator {
  const log = logger.child({ component: 'kafkajs' });
  return () => (entry: LogEntry) => {
    const { message, timestamp: _, logger: __, stack: ___, ...details } = entry.log;
    const text = `${message} ${typeof details.error === 'string' ? details.error : ''}`;
    const fields = { namespace: entry.namespace, ...details };
    if (entry.level <= logLevel.WARN && !ROUTINE.some((routine) => text.includes(routine))) log.warn(fields, message);
    else log.debug(fields, message);
  };
}
