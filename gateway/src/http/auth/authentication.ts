/** The bearer of a verified token. */
export interface Identity {
  /** The subject of the token. */
  readonly subject: string;
  /** The scopes of the token. */
  readonly scopes: readonly string[];
  /** The policies that the bearer meets according to the issuer; subgraphs do not receive them. */
  readonly policies: readonly string[];
  /** Expiry of the token, in ms since the epoch. */
  readonly expiresAt?: number;
}

/** Verifies a token; rejects with {@link TokenRejected} or {@link TokenKeysUnavailable}. */
export type VerifyToken = (token: string) => Promise<Identity>;

/** A token that is invalid or expired. The message is for the client. */
export class TokenRejected extends Error {}

/** The keys that verify the token cannot be fetched at the moment. */
export class TokenKeysUnavailable extends Error {}

/** `Bearer` and a token (RFC 6750, section 2.1); the scheme's case does not matter (RFC 9110, section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Returns the identity of a request by its `Authorization` header; undefined without one. Credentials that cannot be
 * verified are rejected, not ignored.
 *
 * @throws TokenRejected
 */
export async function authenticate(
  authorization: string | undefined,
  verify: VerifyToken | undefined,
): Promise<Identity | undefined> {
  if (authorization === undefined) return undefined;
  if (verify === undefined)
    throw new TokenRejected('This server accepts no tokens: leave out the Authorization header.');
  const [, token] = BEARER.exec(authorization) ?? [];
  if (token === undefined) throw new TokenRejected('The Authorization header must be `Bearer` and a token.');
  return verify(token);
}
