import { createHash } from 'node:crypto';

/** The bigint key, as text, of an advisory lock with this name. Advisory locks are one name space in each database. */
export function advisoryLockKey(name: string): string {
  return createHash('sha256').update(`marquee:${name}`).digest().readBigInt64BE().toString();
}
