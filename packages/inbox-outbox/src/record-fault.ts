import { isTransient, sqlState } from '@marquee/postgres/availability';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';

/** An error of a record, or of one among several, that repeats with every retry. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
}

/**
 * SQLSTATE classes of errors in the data of a statement: data exception, integrity constraint violation, program limit
 * exceeded, WITH CHECK OPTION violation, and an exception that a function raised.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 *
 * Errors of all other classes are of the server or of the deployment (a missing table or privilege, a full disk, a statement
 * timeout): they affect every record, and are fixed without changing any.
 */
const DATA_STATES = /^(22|23|44|54|P0001$)/;

/**
 * Returns true when the records cause a handler's error. A mistake in the handler's code counts too, since other records
 * may pass.
 */
export function isRecordFault(error: unknown): boolean {
  if (isTransient(error)) return false;
  if (error instanceof MarqueeError) return !error.retryable;
  const state = sqlState(error);
  return state === undefined || DATA_STATES.test(state);
}

/** Returns true when the commit failed for a deferred constraint. */
export function isDeferredViolation(error: unknown): boolean {
  return sqlState(error)?.startsWith('23') ?? false;
}

/** Returns the reason of a fault in one line. */
export function faultReason(error: unknown): string {
  const state = sqlState(error);
  const text = messageOf(error).replaceAll(/\p{C}+/gu, ' ');
  return (state === undefined ? text : `${text} (SQLSTATE ${state})`).slice(0, 500);
}
