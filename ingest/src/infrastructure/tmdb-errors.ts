import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { errors } from 'undici';

/** A request that may succeed when it is repeated, and when its server wants it to be. */
export class TransientError extends MarqueeError {
  readonly retryAfterMs: number | undefined;
  /** Whether TMDb answered at all. */
  readonly answered: boolean;

  constructor(
    code: string,
    message: string,
    options: { cause?: unknown; retryAfterMs?: number | undefined; answered: boolean },
  ) {
    super(code, message, { cause: options.cause, retryable: true });
    this.retryAfterMs = options.retryAfterMs;
    this.answered = options.answered;
  }
}

/** An answer that cannot be used: not JSON, or not in the shape that TMDb documents. */
export function malformed(path: string, what: string): MarqueeError {
  return new MarqueeError('TMDB_MALFORMED', `GET ${path}: TMDb's answer cannot be used: ${what}`);
}

/** The run was stopped before this request was made, or between two tries of it. */
export function interrupted(path: string): MarqueeError {
  return new MarqueeError('INTERRUPTED', `GET ${path}: not asked for, since the run was stopped`);
}

/** No answer at all, however often it was asked: nothing else can be had there either. */
export function unreachable(baseUrl: string, cause: unknown): MarqueeError {
  const reason = messageOf(cause);
  return new MarqueeError('TMDB_UNREACHABLE', `TMDb cannot be reached at ${baseUrl}: ${reason}`, {
    cause,
    exitCode: EXIT.unreachable,
  });
}

/** The error for an answer whose status is not 2xx. @param said TMDb's `status_message`, where it gave one */
export function refused(
  path: string,
  status: number,
  said: string | undefined,
  retryAfterMs: number | undefined,
): MarqueeError {
  const what = `GET ${path}: TMDb answered ${status}${said ? ` (${said})` : ''}`;
  if (status === 401) {
    return new MarqueeError('TMDB_UNAUTHORIZED', `${what}: check TMDB_TOKEN`, { exitCode: EXIT.unreachable });
  }
  if (status === 429) return new TransientError('TMDB_RATE_LIMITED', what, { retryAfterMs, answered: true });
  if (status >= 500) return new TransientError('TMDB_FAILED', what, { retryAfterMs, answered: true });
  if (status === 404) return new MarqueeError('TMDB_NOT_FOUND', `${what}, but not as TMDb does: check TMDB_BASE_URL`);
  return new MarqueeError('TMDB_REFUSED', what);
}

/** The error for a request that got no answer, or half of one. */
export function lost(path: string, timeoutMs: number, error: unknown): MarqueeError {
  if (error instanceof errors.ResponseExceededMaxSizeError) return malformed(path, 'it is too large');
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const message = `GET ${path}: no answer within ${timeoutMs / 1000} s`;
    return new TransientError('TMDB_TIMEOUT', message, { cause: error, answered: false });
  }
  const message = `GET ${path}: the connection failed: ${messageOf(error)}`;
  return new TransientError('TMDB_CONNECTION_FAILED', message, { cause: error, answered: false });
}
