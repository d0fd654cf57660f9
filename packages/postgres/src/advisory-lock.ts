import { createHash } from 'node:crypto';

/** Returns the bigint key, as text, of the advisory lock with this name. Advisory locks share one name space in each database. */
export function advisoryLockKey(name: string): string {
  return createHash('sha256').update(`marquee:${name}`).digest().readBigInt64BE().toString();
}
