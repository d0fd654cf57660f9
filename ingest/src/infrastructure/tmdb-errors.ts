import { EXIT, MarqueeError, messageOf } from '@marquee/runtime/errors';
import { errors } from 'undici';

/** A failure of a request that may succeed when it is repeated, and when its server wants it to be. */
export class TransientError extends MarqueeError {
  readonly retryAfterMs: number | undefined;
  /** False when there was no answer at all. */
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

/** An answer that cannot be used: not JSON, or not the resource that was requested. A front's answers are such, and pass. */
export function malformed(path: string, what: string): TransientError {
  return new TransientError('TMDB_MALFORMED', `GET ${path}: TMDb's answer cannot be used: ${what}`, { answered: true });
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

/** Nothing but errors, whatever was requested: nothing else can be had there either. */
export function unusable(baseUrl: string, cause: unknown): MarqueeError {
  const message = `TMDb answers nothing but errors at ${baseUrl}, the last one: ${messageOf(cause)}`;
  return new MarqueeError('TMDB_UNUSABLE', message, { cause, exitCode: EXIT.unreachable });
}

/** Nothing but 404, TMDb's configuration included: the address is not that of its API, and says nothing about any film. */
export function wrongAddress(baseUrl: string): MarqueeError {
  const message = `TMDb's API is not at ${baseUrl}, which answers 404 to all requests. Nothing was deleted: check the path in TMDB_BASE_URL, which ends in /3 at TMDb`;
  return new MarqueeError('TMDB_WRONG_ADDRESS', message, { exitCode: EXIT.unreachable });
}

/** An error as TMDb itself says it, or undefined for the answer of something in front of it. */
export type TmdbMessage = { readonly code?: number; readonly message: string } | undefined;

/** The error for an answer whose status is not 2xx. A status that TMDb does not explain comes from a front, and may pass. */
export function refused(
  path: string,
  status: number,
  said: TmdbMessage,
  retryAfterMs: number | undefined,
): MarqueeError {
  const what = `GET ${path}: TMDb answered ${status}${said ? ` (${said.message})` : ''}`;
  const transient = (code: string, message = what) =>
    new TransientError(code, message, { retryAfterMs, answered: true });
  if (status === 429) return transient('TMDB_RATE_LIMITED');
  if (status >= 500 || status === 408) return transient('TMDB_FAILED');
  if (said === undefined && status === 404) {
    return transient('TMDB_NOT_FOUND', `${what}, but not as TMDb does: check TMDB_BASE_URL`);
  }
  if (said === undefined) return transient('TMDB_REFUSED', `${what}, but not as TMDb does`);
  if (status === 401) {
    return new MarqueeError('TMDB_UNAUTHORIZED', `${what}: check TMDB_TOKEN`, { exitCode: EXIT.unreachable });
  }
  return new MarqueeError('TMDB_REFUSED', what);
}

/** The error for a request that got no answer, or half of one. */
export function lost(path: string, timeoutMs: number, error: unknown): MarqueeError {
  if (error instanceof errors.ResponseExceededMaxSizeError) {
    return new MarqueeError('TMDB_MALFORMED', `GET ${path}: TMDb's answer cannot be used: it is too large`);
  }
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const message = `GET ${path}: no answer within ${timeoutMs / 1000} s`;
    return new TransientError('TMDB_TIMEOUT', message, { cause: error, answered: false });
  }
  const message = `GET ${path}: the connection failed: ${messageOf(error)}`;
  return new TransientError('TMDB_CONNECTION_FAILED', message, { cause: error, answered: false });
}
