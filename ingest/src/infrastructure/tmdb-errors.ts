import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { errors } from 'undici';

/** A failure that a retry may resolve, with the server's Retry-After. */
export class TransientError extends MarqueeError {
  readonly retryAfterMs: number | undefined;
  /** False when no response arrived. */
  readonly responded: boolean;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined; responded: boolean },
  ) {
    super(code, message, { cause: options.cause, retryable: true });
    this.retryAfterMs = options.retryAfterMs;
    this.responded = options.responded;
  }
}

/** Returns the error for an unusable response: not JSON, or not the requested resource. A proxy's responses are temporary. */
export function malformed(path: string, reason: string): TransientError {
  return new TransientError('TMDB_MALFORMED', `GET ${path}: TMDb's response cannot be used: ${reason}`, {
    responded: true,
  });
}

/** Returns the error for a request that was not sent or retried because the run was stopped. */
export function interrupted(path: string): MarqueeError {
  return new MarqueeError('INTERRUPTED', `GET ${path}: not sent, because the run was stopped`);
}

/** Returns the error for a server that never responded; it applies to all requests. */
export function unreachable(baseUrl: string, cause: unknown): MarqueeError {
  const reason = messageOf(cause);
  return new MarqueeError('TMDB_UNREACHABLE', `TMDb cannot be reached at ${baseUrl}: ${reason}`, {
    cause,
    exitCode: EXIT.unreachable,
  });
}

/** Returns the error for a server that returns only errors; it applies to all requests. */
export function unusable(baseUrl: string, cause: unknown): MarqueeError {
  const message = `TMDb returns only errors at ${baseUrl}, the last one: ${messageOf(cause)}`;
  return new MarqueeError('TMDB_UNUSABLE', message, { cause, exitCode: EXIT.unreachable });
}

/** Returns the error for a base URL without TMDb's API: its 404 does not mean a missing movie. */
export function wrongAddress(baseUrl: string): MarqueeError {
  const message = `TMDb's API is not at ${baseUrl}, which returns 404 for all requests. Nothing was deleted: check the path in TMDB_BASE_URL, which ends in /3 at TMDb`;
  return new MarqueeError('TMDB_WRONG_ADDRESS', message, { exitCode: EXIT.unreachable });
}

/** The content of TMDb's own error body; undefined for a proxy's response. */
export type TmdbMessage = { readonly code?: number; readonly message: string } | undefined;

/** Returns the error for a status other than 2xx. A response without TMDb's error body comes from a proxy, and is temporary. */
export function refused(
  path: string,
  status: number,
  tmdbError: TmdbMessage,
  retryAfterMs: number | undefined,
): MarqueeError {
  const message = `GET ${path}: TMDb returned ${status}${tmdbError ? ` (${tmdbError.message})` : ''}`;
  const transient = (code: string, text = message) => new TransientError(code, text, { retryAfterMs, responded: true });
  if (status === 429) return transient('TMDB_RATE_LIMITED');
  if (status >= 500 || status === 408) return transient('TMDB_FAILED');
  if (tmdbError === undefined && status === 404) {
    return transient('TMDB_NOT_FOUND', `${message}, without TMDb's error body: check TMDB_BASE_URL`);
  }
  if (tmdbError === undefined) return transient('TMDB_REFUSED', `${message}, without TMDb's error body`);
  if (status === 401) {
    return new MarqueeError(
      'TMDB_UNAUTHORIZED',
      `${message}: check TMDB_TOKEN; TMDb gives tokens at https://www.themoviedb.org/settings/api`,
      { exitCode: EXIT.unreachable },
    );
  }
  return new MarqueeError('TMDB_REFUSED', message);
}

/** Returns the error for a request without a complete response. */
export function lost(path: string, timeoutMs: number, error: unknown): MarqueeError {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new MarqueeError('TMDB_MALFORMED', `GET ${path}: TMDb's response cannot be used: it is too large`);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const message = `GET ${path}: no response within ${timeoutMs / 1000} s`;
    return new TransientError('TMDB_TIMEOUT', message, { cause: error, responded: false });
  }
  const message = `GET ${path}: the connection failed: ${messageOf(error)}`;
  return new TransientError('TMDB_CONNECTION_FAILED', message, { cause: error, responded: false });
}
