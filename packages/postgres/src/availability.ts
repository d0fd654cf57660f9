/** Socket errors that are independent of the statement: the server is unreachable or restarting. */
const SOCKET_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOENT', // the server's Unix socket is not there
]);

/**
 * SQLSTATEs of a server that stops, starts, or is full for now.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const UNAVAILABLE_STATES = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57P05', // idle_session_timeout
  '25P03', // idle_in_transaction_session_timeout
  '53300', // too_many_connections
]);

/** Errors that pg reports without a code; knex puts the statement in front. */
const MESSAGES = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Query read timeout',
  'Client has encountered a connection error and is not queryable',
  'Client was closed and is not queryable',
];

/** serialization_failure, deadlock_detected, lock_not_available: the same transaction may succeed next time. */
const CONFLICT_STATES = new Set(['40001', '40P01', '55P03']);

/**
 * Returns true when the database is unreachable, starting, stopping, or full of connections, so that a retry may succeed. Looks through
 * `cause` and `AggregateError`.
 */
export function isUnavailable(error: unknown): boolean {
  return someCause(error, (cause) => {
    const code = codeOf(cause);
    if (code !== undefined) {
      return SOCKET_CODES.has(code) || UNAVAILABLE_STATES.has(code) || /^08[0-9A-Z]{3}$/.test(code);
    }
    return cause instanceof Error && MESSAGES.some((message) => cause.message.includes(message));
  });
}

/** Returns true when the same transaction may succeed when it runs again: {@link isUnavailable}, or {@link isConflict}. */
export function isTransient(error: unknown): boolean {
  return isUnavailable(error) || isConflict(error);
}

/** Returns true when a transaction was rolled back because of another one that ran at the same time. */
export function isConflict(error: unknown): boolean {
  return someCause(error, (cause) => CONFLICT_STATES.has(codeOf(cause) ?? ''));
}

/** Returns the SQLSTATE (five characters) of an error that the server sent; undefined for other errors. */
export function sqlState(error: unknown): string | undefined {
  const code = codeOf(error);
  // Node's own codes (EPIPE) can have five letters too; only the server's errors have a severity.
  return code !== undefined && /^[0-9A-Z]{5}$/.test(code) && 'severity' in (error as object) ? code : undefined;
}

function someCause(error: unknown, test: (cause: unknown) => boolean): boolean {
  if (test(error)) return true;
  if (error instanceof AggregateError && error.errors.some((each) => someCause(each, test))) return true;
  return error instanceof Error && error.cause !== undefined && someCause(error.cause, test);
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
