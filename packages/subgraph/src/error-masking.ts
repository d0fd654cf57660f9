import { GraphQLError, type GraphQLFormattedError } from 'graphql';

const INTERNAL = 'INTERNAL_SERVER_ERROR';

/**
 * SQLSTATEs of text that Postgres cannot store: U+0000 in a value, or in JSON
 * (https://www.postgresql.org/docs/current/errcodes-appendix.html).
 */
const UNREPRESENTABLE_TEXT = new Set(['22021', '22P05']);

/**
 * Returns true for an internal error, which is logged and masked. Errors for the client have a code of their own.
 */
export function isUnexpected(formatted: Pick<GraphQLFormattedError, 'extensions'>): boolean {
  const code = formatted.extensions?.code;
  return code === undefined || code === INTERNAL;
}

/**
 * Returns an error as clients see it. Errors for the client are unchanged; all others keep their location and path, and
 * hide internals.
 *
 * @param isUnavailable returns true for an error of a temporarily unavailable dependency
 */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  isUnavailable: (error: unknown) => boolean,
): GraphQLFormattedError {
  if (!isUnexpected(formatted)) return formatted;
  const cause = causeOf(error);
  if (isUnavailable(cause)) {
    return masked(formatted, 'SERVICE_UNAVAILABLE', 'The service is not available at the moment. Try again shortly.');
  }
  if (UNREPRESENTABLE_TEXT.has(String((cause as { code?: unknown } | null)?.code))) {
    return masked(formatted, 'BAD_USER_INPUT', 'Text must not contain the character U+0000.');
  }
  return masked(formatted, INTERNAL, 'Something went wrong on our side. It has been logged.');
}

/** Returns the value that a resolver threw. */
export function causeOf(error: unknown): unknown {
  return error instanceof GraphQLError ? (error.originalError ?? error) : error;
}

function masked(formatted: GraphQLFormattedError, code: string, message: string): GraphQLFormattedError {
  return {
    message,
    ...(formatted.locations && { locations: formatted.locations }),
    ...(formatted.path && { path: formatted.path }),
    extensions: { code },
  };
}
