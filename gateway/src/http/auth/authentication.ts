/** Who asks. */
export interface Identity {
  /** Whom the token was issued for. */
  readonly subject: string;
  /** What the token permits. */
  readonly scopes: readonly string[];
  /** Which policies the issuer says that its bearer meets; they stay at the gateway. */
  readonly policies: readonly string[];
}

/** Says whose token it is. Rejects with a {@link RefusedToken}, or with whatever kept it from telling. */
export type VerifyToken = (token: string) => Promise<Identity>;

/** A token that is not, or no longer, good. Its message is for whoever sent it. */
export class RefusedToken extends Error {}

/** A token that may be good: what it has to be verified with is not to be had for the moment. */
export class TokenKeysUnavailable extends Error {}

/** `Bearer` and a token (RFC 6750, section 2.1); the scheme's case does not matter (RFC 9110, section 11.1). */
const BEARER = /^Bearer +([A-Za-z0-9._~+/-]+=*)$/i;

/**
 * Who sends a request with this `Authorization` header: nobody in particular when there is none. Credentials that cannot be checked are
 * refused, not passed over: whoever sends them expects to be somebody.
 *
 * @throws RefusedToken
 */
export async function authenticate(
  authorization: string | undefined,
  verify: VerifyToken | undefined,
): Promise<Identity | undefined> {
  if (authorization === undefined) return undefined;
  if (verify === undefined) throw new RefusedToken('This server takes no tokens: leave out the Authorization header.');
  const [, token] = BEARER.exec(authorization) ?? [];
  if (token === undefined) throw new RefusedToken('The Authorization header must be `Bearer` and a token.');
  return verify(token);
}
