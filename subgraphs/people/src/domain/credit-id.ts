import type { CreditRef } from './credit-overrides.ts';

/** A movie's id has no blank, so the first one parts it from the key. */
const PARTS = /^([0-9A-Za-z-]{1,64}) ([^\0]{1,200})$/u;

/** The id of a credit, as clients see it: opaque, base64url. */
export function creditId({ movieId, key }: CreditRef): string {
  return Buffer.from(`${movieId} ${key}`).toString('base64url');
}

/** Which credit an id means; null when it is none. */
export function readCreditId(id: string): CreditRef | null {
  const [, movieId, key] = PARTS.exec(Buffer.from(id, 'base64url').toString()) ?? [];
  if (movieId === undefined || key === undefined) return null;
  return creditId({ movieId, key }) === id ? { movieId, key } : null;
}
