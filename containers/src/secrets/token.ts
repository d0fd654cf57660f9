import { randomUUID, sign } from 'node:crypto';

export const ISSUER = 'marquee-compose';
export const AUDIENCE = 'marquee';

/** Claims of a token. */
export interface TokenClaims {
  readonly subject: string;
  /** Separated by spaces (RFC 9068, section 2.2.3). */
  readonly scopes: string;
  readonly days: number;
  readonly issuedAt: Date;
}

/** Creates an access token, a JWT (RFC 9068) signed with Ed25519 (RFC 8037, section 3.1) by Node's crypto. */
export function accessToken(privateKeyPem: string, { subject, scopes, days, issuedAt }: TokenClaims): string {
  const iat = Math.floor(issuedAt.getTime() / 1000);
  const claims = { iss: ISSUER, aud: AUDIENCE, sub: subject, scope: scopes, iat, exp: iat + days * 86_400 };
  const parts = [
    { alg: 'EdDSA', typ: 'at+jwt' },
    { ...claims, jti: randomUUID() },
  ];
  const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${signed}.${sign(null, Buffer.from(signed), privateKeyPem).toString('base64url')}`;
}
