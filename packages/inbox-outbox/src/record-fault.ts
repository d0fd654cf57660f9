import { isTransient, sqlState } from '@marquee/postgres/availability';
import { MarqueeError, messageOf } from '@marquee/runtime/errors';

/** The effects of a record, or of one among several, cannot be applied, however often they are tried. */
export class RecordFault extends Error {
  override readonly name = 'RecordFault';
}

/**
 * SQLSTATE classes that speak of the data of a statement: data exception, integrity constraint violation, program limit
 * exceeded, WITH CHECK OPTION violation, and an exception that a function raised.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 *
 * All other classes speak of the server or of the deployment (a table that is not there yet, a missing privilege, a full
 * disk, a statement that took too long): the same for each record, and mended without touching any.
 */
const DATA_STATES = /^(22|23|44|54|P0001$)/;

/**
 * Returns true when the records are the cause of a handler's error. A mistake in the handler's own
 * code counts: another record may well pass.
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

/** One line that says what a record was refused for. */
export function faultReason(error: unknown): string {
  const state = sqlState(error);
  const text = messageOf(error).replaceAll(/\p{C}+/gu, ' ');
  return (state === undefined ? text : `${text} (SQLSTATE ${state})`).slice(0, 500);
}
