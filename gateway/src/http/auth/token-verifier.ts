import { createPublicKey, createSecretKey, type KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { invalidConfig } from '@marquee/runtime/config';
import { messageOf } from '@marquee/runtime/errors';
import { splitScope, toIdentity } from '@marquee/trust/identity';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type FetchImplementation,
  type JSONWebKeySet,
  type JWTHeaderParameters,
  type JWTPayload,
  type JWTVerifyGetKey,
  type JWTVerifyOptions,
  jwtVerify,
} from 'jose';
import { type Identity, TokenKeysUnavailable, TokenRejected, type VerifyToken } from './authentication.ts';

/**
 * Key types of the accepted signature algorithms (RFC 7518, section 3.1; RFC 8037; RFC 9864); `none` is not among them.
 */
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

/** A supported value of a token's `alg`. */
export type Algorithm = keyof typeof KEY_TYPES;
export const ALGORITHMS = Object.keys(KEY_TYPES) as readonly Algorithm[];

/** Returns true when the same secret signs and verifies. */
export function isSymmetric(algorithm: Algorithm): boolean {
  return KEY_TYPES[algorithm] === 'secret';
}

/** Requirements of a token. */
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: readonly string[];
  readonly algorithms: readonly Algorithm[];
  /** The claim with the bearer's policies; default `policies`. */
  readonly policiesClaim?: string | undefined;
  /** The claims with the token's scopes. */
  readonly scopesClaims?: readonly string[] | undefined;
  /**
   * Accepted values of `typ`, of which a token must have one. By default a token may have none, or that of an access
   * token.
   */
  readonly types?: readonly string[] | undefined;
  readonly key: { readonly jwksUrl: string } | { readonly publicKeyFile: string } | { readonly secretFile: string };
}

/** Smallest RSA modulus in bits (RFC 7518, section 3.3). */
const MIN_RSA_BITS = 2048;

/** Tolerated difference between the issuer's clock and ours. */
const CLOCK_TOLERANCE_SECONDS = 5;

/** Limit of a fetched key set. */
const MAX_KEY_SET_BYTES = 512 * 1024;

const DEFAULT_SCOPES_CLAIMS = ['scope', 'scopes'];

/**
 * Types of access tokens (RFC 9068, section 2.1; RFC 7519, section 5.1); tokens of other types have other purposes (RFC
 * 8725, section 3.11).
 */
const DEFAULT_TYPES = ['at+jwt', 'JWT'];

/**
 * Creates a verifier of JSON Web Tokens (RFC 7519): signature, algorithm, type, issuer, audience and validity; `exp`
 * and `sub` are required. Scopes are read from their claims, by default `scope` (RFC 8693, section 4.2) and `scopes`,
 * each a list or text with blanks; so are policies. A published key that cannot verify a token rejects only that token.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) for a key that cannot be read, or that fits none of the
 *   algorithms
 */
export async function createTokenVerifier(settings: TokenSettings): Promise<VerifyToken> {
  const { key, algorithms } = await keyFor(settings);
  const { types } = settings;
  const options = {
    issuer: settings.issuer,
    audience: [...settings.audience],
    algorithms: [...algorithms],
    requiredClaims: ['exp', 'sub'],
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
  };
  return async (token) => {
    const { payload, protectedHeader } = await verified(token, key, options);
    if (!isAccepted(protectedHeader.typ, types))
      throw new TokenRejected("The token's type is not accepted: its header typ must be that of an access token.");
    return identityOf(payload, settings);
  };
}

async function verified(
  token: string,
  key: KeyObject | JWTVerifyGetKey,
  options: JWTVerifyOptions,
): Promise<{ payload: JWTPayload; protectedHeader: JWTHeaderParameters }> {
  try {
    // Two calls: jose's overloads take a key or a function.
    return typeof key === 'function' ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
  } catch (error) {
    if (error instanceof TokenKeysUnavailable) throw error;
    // jose and WebCrypto throw errors of many kinds for a key that is too small, malformed or of another type.
    throw new TokenRejected(reasonOf(error), { cause: error });
  }
}

/** Compares types without case and without `application/` (RFC 7515, section 4.1.9). */
function isAccepted(type: unknown, types: readonly string[] | undefined): boolean {
  if (type === undefined) return types === undefined;
  const normal = (text: string) => text.toLowerCase().replace(/^application\//, '');
  return typeof type === 'string' && (types ?? DEFAULT_TYPES).some((accepted) => normal(accepted) === normal(type));
}

function identityOf(
  payload: JWTPayload,
  { policiesClaim = 'policies', scopesClaims = DEFAULT_SCOPES_CLAIMS }: TokenSettings,
): Identity {
  const scopes = scopesClaims.flatMap((claim) => namesIn(payload[claim]));
  const identity = toIdentity(payload.sub, scopes);
  if (identity === undefined) throw new TokenRejected('The token has an invalid subject or invalid scopes.');
  const policies = namesIn(payload[policiesClaim]);
  if (!policies.every((policy) => typeof policy === 'string')) {
    throw new TokenRejected('The token has invalid policies.');
  }
  return { ...identity, policies, ...(payload.exp !== undefined && { expiresAt: payload.exp * 1_000 }) };
}

function namesIn(claim: unknown): unknown[] {
  if (claim === undefined) return [];
  if (typeof claim === 'string') return splitScope(claim);
  return Array.isArray(claim) ? claim : [claim];
}

/** Returns the failed check for the client, without the expected value. */
function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'The token has expired.';
  if (error instanceof errors.JWTClaimValidationFailed) return `The token's claim \`${error.claim}\` is not accepted.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token's algorithm is not accepted.";
  return 'The token is invalid.';
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
    throw invalidConfig([`AUTH_PUBLIC_KEY_FILE: contains a key of type ${type}, which fits none of AUTH_ALGORITHMS`]);
  }
  if (type === 'rsa' && modulusLength < MIN_RSA_BITS) {
    throw invalidConfig([
      `AUTH_PUBLIC_KEY_FILE: an RSA key must have at least ${MIN_RSA_BITS} bits, not ${modulusLength}`,
    ]);
  }
  return { key: publicKey, algorithms: fitting };
}

function publishedKeys(url: URL): JWTVerifyGetKey {
  return createRemoteJWKSet(url, { [customFetch]: fetchKeySet });
}

/** Fetches a key set. Every failure here is the issuer's or the network's; later ones are the token's. */
const fetchKeySet: FetchImplementation = async (url, options) => {
  try {
    const response = await fetch(url, options);
    if (response.status !== 200) throw new Error(`status ${response.status}`);
    const keySet = JSON.parse(await textOf(response)) as JSONWebKeySet;
    createLocalJWKSet(keySet); // throws for an invalid set
    return Response.json(keySet);
  } catch (cause) {
    throw new TokenKeysUnavailable(`The keys at ${new URL(url).origin} cannot be fetched: ${messageOf(cause)}`, {
      cause,
    });
  }
};

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_KEY_SET_BYTES) throw new Error(`more than ${MAX_KEY_SET_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

async function readPublicKey(file: string): Promise<KeyObject> {
  const pem = await read('AUTH_PUBLIC_KEY_FILE', file);
  // Node would derive the public key from a private one, which must not be here.
  if (pem.includes('PRIVATE KEY'))
    throw invalidConfig(['AUTH_PUBLIC_KEY_FILE: contains a private key: use the public key']);
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw invalidConfig([`AUTH_PUBLIC_KEY_FILE: is not a public key in PEM: ${messageOf(error)}`]);
  }
}

/** Reads a secret, which must be as long as the hash's output (RFC 7518, section 3.2). */
async function secret(file: string, algorithms: readonly Algorithm[]): Promise<KeyObject> {
  const bytes = await read('AUTH_SECRET_FILE', file);
  const needed = Math.max(...algorithms.map((algorithm) => Number(algorithm.slice(2)) / 8));
  if (bytes.length < needed)
    throw invalidConfig([`AUTH_SECRET_FILE: must have at least ${needed} bytes, not ${bytes.length}`]);
  return createSecretKey(bytes);
}

async function read(variable: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw invalidConfig([`${variable}: cannot be read: ${messageOf(error)}`]);
  }
}
