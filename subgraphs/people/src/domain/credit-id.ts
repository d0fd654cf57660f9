import type { CreditRef } from './credit-overrides.ts';

/** A movie's id has no space, so the first one separates it from the key. */
const PARTS = /^([0-9A-Za-z-]{1,64}) ([^\0]{1,200})$/u;

/** Returns the id of a credit for clients: opaque, base64url. */
export function creditId({ movieId, key }: CreditRef): string {
  return Buffer.from(`${movieId} ${key}`).toString('base64url');
}

/** Parses the id of a credit; null for an invalid one. */
export function readCreditId(id: string): CreditRef | null {
  const [, movieId, key] = PARTS.exec(Buffer.from(id, 'base64url').toString()) ?? [];
  if (movieId === undefined || key === undefined) return null;
  return creditId({ movieId, key }) === id ? { movieId, key } : null;
}
