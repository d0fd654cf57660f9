import { retryInSeconds } from '../domain/retry-schedule.ts';
import type { Lease, PublishedContent, Settlement } from './work-queue.ts';

/** Codes of errors that concern all requests until somebody changes the configuration. */
const CONFIGURATION = new Set(['TMDB_UNAUTHORIZED', 'TMDB_WRONG_ADDRESS']);
/** Codes of errors that concern all requests until a server is back. */
const OUTAGE = new Set(['TMDB_UNREACHABLE', 'EVENT_LOG_UNREACHABLE', 'DATABASE_UNREACHABLE']);
/** Codes of errors that say nothing about the requested entity. */
const UNRELATED = new Set(['INTERRUPTED', ...OUTAGE, ...CONFIGURATION]);

/** Returns the stable code of an error. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
}

/** Returns the message of an error for people. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Returns true for an error that ends the command. */
export const endsCommand = (error: unknown) => CONFIGURATION.has(codeOf(error));

/** Code of the error that the client throws when as many requests in a row failed as there are sockets. */
const ALL_FAIL = 'TMDB_UNUSABLE';

/** Returns true for an error after which requests pause. That of an entity which has failed before may be the entity's own. */
export function isOutage(error: unknown, { attempts }: Pick<Lease, 'attempts'>): boolean {
  const code = codeOf(error);
  return OUTAGE.has(code) || (code === ALL_FAIL && attempts === 0);
}

/** Returns true when the same request fails again: TMDb refuses it, or its content violates an event's schema. */
function isPermanent(error: unknown): boolean {
  return error instanceof Error && 'retryable' in error && error.retryable === false;
}

/** Returns the settlement of a lease whose request failed: it is released when no error is about the entity, and else retried later. */
export function settleFailure(
  lease: Lease,
  errors: readonly unknown[],
  content: PublishedContent,
  random: () => number,
): Settlement {
  const related = errors.filter((error) => !UNRELATED.has(codeOf(error))).map(ownError);
  const [error] = related;
  if (error === undefined) return { outcome: 'released' };
  return {
    outcome: 'failed',
    code: codeOf(error),
    reason: reasonOf(error),
    retryInSeconds: related.every(isPermanent) ? null : retryInSeconds(lease.attempts + 1, random()),
    content,
  };
}

/** Returns the cause of an error that concerns all requests. */
function ownError(error: unknown): unknown {
  return error instanceof Error && codeOf(error) === ALL_FAIL && error.cause !== undefined ? error.cause : error;
}
