import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { isUnavailable, sqlState } from './availability.ts';
import { parseDatabaseUrl } from './database-url.ts';

/**
 * Returns an error that says where a connection or an administrative statement failed and what to do, never the password:
 * `DATABASE_UNREACHABLE` (exit code 3), or with exit code 2 `DATABASE_AUTH_FAILED`, `DATABASE_MISSING`, `DATABASE_FORBIDDEN`. Returns other
 * errors unchanged.
 */
export function toDatabaseError(error: unknown, url: string): unknown {
  if (error instanceof MarqueeError) return error;
  const { address, database, user } = parseDatabaseUrl(url);
  if (isUnavailable(error)) {
    return new MarqueeError(
      'DATABASE_UNREACHABLE',
      `No database answers at ${address} (${messageOf(error)}). Is Postgres running there?`,
      { cause: error, retryable: true, exitCode: EXIT.unreachable },
    );
  }
  const state = sqlState(error);
  if (state?.startsWith('28') || messageOf(error).startsWith('SASL:')) {
    return refusal('DATABASE_AUTH_FAILED', `The database at ${address} refuses the login of role "${user}"`, error);
  }
  if (state === '3D000') {
    return refusal(
      'DATABASE_MISSING',
      `The server at ${address} has no database "${database}". Create it first`,
      error,
    );
  }
  if (state === '42501') {
    return refusal('DATABASE_FORBIDDEN', `Role "${user}" may not do that in the database at ${address}`, error);
  }
  return error;
}

function refusal(code: string, message: string, cause: unknown): MarqueeError {
  return new MarqueeError(code, `${message} (${messageOf(cause)}).`, { cause, exitCode: EXIT.usage });
}
