import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { invalidConfig } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import { splitScope, toIdentity } from '@marquee/trust/identity';
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import { type Identity, RefusedToken, TokenKeysUnavailable, type VerifyToken } from '../application/authentication.ts';

/** What each accepted signature is made with (RFC 7518, section 3.1; RFC 8037; RFC 9864); `none` is not among them. */
const KEY_TYPES = {
  RS256: 'rsa',
  RS384: 'rsa',
  RS512: 'rsa',
  PS256: 'rsa',
  PS384: 'rsa',
  PS512: 'rsa',
  ES256: 'prime256v1',
  ES384: 'secp384r1',
  ES512: 'secp521r1',
  EdDSA: 'ed25519',
  Ed25519: 'ed25519',
  HS256: 'secret',
  HS384: 'secret',
  HS512: 'secret',
} as const;

/** The `alg` of a token that can be accepted. */
export type Algorithm = keyof typeof KEY_TYPES;
export const ALGORITHMS = Object.keys(KEY_TYPES) as readonly Algorithm[];

/** Whether the same secret signs and verifies. */
export function isSymmetric(algorithm: Algorithm): boolean {
  return KEY_TYPES[algorithm] === 'secret';
}

/** Which tokens are good. */
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  /** The claim that names the policies that the bearer meets; `policies` unless another one is named. */
  readonly policiesClaim?: string | undefined;
  readonly key: { readonly jwksUrl: string } | { readonly publicKeyFile: string } | { readonly secretFile: string };
}

/** Smallest RSA modulus in bits (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048;

/** How far the issuer's clock may be from ours. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Faults of the token among those that looking its key up gives; any other is one of the issuer's or of the network. */
const UNKNOWN_KEY = new Set(['ERR_JWKS_NO_MATCHING_KEY', 'ERR_JWKS_MULTIPLE_MATCHING_KEYS', 'ERR_JOSE_NOT_SUPPORTED']);

/**
 * Verifies JSON Web Tokens (RFC 7519): signature, algorithm, issuer, audience, and that they are valid now; `exp` and `sub` must be there. Scopes
 * are taken from `scope` (RFC 8693, section 4.2) and `scopes`, text with blanks or a list each; so are policies from their claim.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) for a key that cannot be read, or that fits none of the algorithms
 */
export async function createTokenVerifier(settings: TokenSettings): Promise<VerifyToken> {
  const { key, algorithms } = await keyFor(settings);
  const { policiesClaim = 'policies' } = settings;
  const options = {
    issuer: settings.issuer,
    audience: [...settings.audience],
    algorithms: [...algorithms],
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };
  return async (token) => {
    try {
      // Two calls: the overloads of jose take a key or what finds one.
      const { payload } =
        typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
      return identityOf(payload, policiesClaim);
    } catch (error) {
      if (error instanceof errors.JOSEError) throw new RefusedToken(reasonOf(error), { cause: error });
      throw error;
    }
  };
}

function identityOf(payload: JWTPayload, policiesClaim: string): Identity {
  const identity = toIdentity(payload.sub, [payload.scope, payload.scopes].flatMap(namesIn));
  if (identity === undefined) throw new RefusedToken('The token has a subject or scopes that cannot be.');
  const policies = namesIn(payload[policiesClaim]);
  if (!policies.every((policy) => typeof policy === 'string')) {
    throw new RefusedToken('The token has policies that cannot be.');
  }
  return { ...identity, policies };
}

function namesIn(claim: unknown): unknown[] {
  if (claim === undefined) return [];
  if (typeof claim === 'string') return splitScope(claim);
  return Array.isArray(claim) ? claim : [claim];
}

/** Which of the checks failed; never what the token would have to say instead. */
function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's claim \`${error.claim}\` is not accepted.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not accepted.";
  return 'The token is not one of those that are accepted.';
}

async function keyFor({ key, algorithms }: TokenSettings): Promise<{
  key: KeyObject | JWTVerifyGetKey;
  algorithms: readonly Algorithm[];
}> {
  if ('jwksUrl' in key) return { key: publishedKeys(new URL(key.jwksUrl)), algorithms };
  if ('secretFile' in key) return { key: await secret(key.secretFile, algorithms), algorithms };
  const publicKey = await readPublicKey(key.publicKeyFile);
  const { asymmetricKeyType: type = '', asymmetricKeyDetails: { namedCurve = '', modulusLength = 0 } = {} } = publicKey;
  const fitting = algorithms.filter((algorithm) => [type, namedCurve].includes(KEY_TYPES[algorithm]));
  if (fitting.length === 0) {
    throw invalidConfig([
      `AUTH_PUBLIC_KEY_FILE: holds a key of type ${type}, with which AUTH_ALGORITHMS cannot be verified`,
    ]);
  }
  if (type === 'rsa' && modulusLength < MIN_RSA_BITS) {
    throw invalidConfig([
      `AUTH_PUBLIC_KEY_FILE: an RSA key must have at least ${MIN_RSA_BITS} bits, not ${modulusLength}`,
    ]);
  }
  return { key: publicKey, algorithms: fitting };
}

function publishedKeys(url: URL): JWTVerifyGetKey {
  const keys = createRemoteJWKSet(url);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (cause) {
      if (cause instanceof errors.JOSEError && UNKNOWN_KEY.has(cause.code)) throw cause;
      throw new TokenKeysUnavailable(`The keys at ${url.origin} cannot be had: ${messageOf(cause)}`, { cause });
    }
  };
}

async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await read('AUTH_PUBLIC_KEY_FILE', file);
  // Node makes the public key out of a private one, which has no business here.
  if (pem.includes('PRIVATE KEY'))
    throw invalidConfig(['AUTH_PUBLIC_KEY_FILE: holds a private key: give the public one']);
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw invalidConfig([`AUTH_PUBLIC_KEY_FILE: is no public key in PEM: ${messageOf(error)}`]);
  }
}

/** The secret must be as long as the hash's output (RFC 7518, section 3.2). */
async function secret(file: string, algorithms: readonly Algorithm[]): Promise<KeyObject> {
  const bytes = await read('AUTH_SECRET_FILE', file);
  const needed = Math.max(...algorithms.map((algorithm) => Number(algorithm.slice(2)) / 8));
  if (bytes.length < needed)
    throw invalidConfig([`AUTH_SECRET_FILE: must hold at least ${needed} bytes, not ${bytes.length}`]);
  return createSecretKey(bytes);
}

async function read(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw invalidConfig([`${variable}: cannot be read: ${messageOf(error)}`]);
  }
}
