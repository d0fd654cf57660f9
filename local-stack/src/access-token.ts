import { SignJWT } from 'jose';

/** The signature of the stack's own tokens. */
export const ALGORITHM = 'EdDSA';
export const ISSUER = 'marquee-local';
export const AUDIENCE = 'marquee';

/** Every scope that a subgraph or the gateway requires. */
export const ALL_SCOPES: readonly string[] = [
  'movies:write',
  'people:write',
  'ratings:write',
  'ratings:moderate',
  'supergraph:read',
];

/** The subject of the token of each start. */
export const DEVELOPER = 'developer';

/** Default lifetime of a token, in days. */
export const DEFAULT_DAYS = 7;

export interface TokenClaims {
  readonly subject: string;
  readonly scopes: readonly string[];
  readonly expiresAt: Date;
}

/** Signs an access token (RFC 9068) for the stack's gateway. */
export function signToken(
  key: Parameters<SignJWT['sign']>[0],
  { subject, scopes, expiresAt }: TokenClaims,
): Promise<string> {
  return new SignJWT({ scope: scopes.join(' ') })
    .setProtectedHeader({ alg: ALGORITHM, typ: 'at+jwt' })
    .setIssuer(ISSUER)
    .setAudience(AUDIENCE)
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime(expiresAt)
    .sign(key);
}

/** Returns the time after so many days. */
export function inDays(days: number): Date {
  return new Date(Date.now() + days * 86_400_000);
}
