import { createHmac, type Hmac, hash, timingSafeEqual } from 'node:crypto';
import { IDENTITY_HEADER } from './identity.ts';
import type { SigningKey } from './signing-keys.ts';

/**
 * The profile of HTTP Message Signatures (RFC 9421) with HMAC-SHA-256 (section 3.3.3) and Content-Digest (RFC 9530) of docs/decisions/0007.
 * Every byte of its form is fixed, so a verification is one comparison of text and one HMAC, and nothing in a request chooses the covered
 * components.
 */
const LABEL = 'marquee';
const COMPONENTS = '"@method" "@path" "@query" "content-digest"';
const SIGNATURE_INPUT = new RegExp(
  `^${LABEL}=(\\(${COMPONENTS}( "${IDENTITY_HEADER}")?\\);created=(\\d{1,12});keyid="([A-Za-z0-9._-]{1,64})";alg="hmac-sha256";tag="([\\x20\\x21\\x23-\\x5B\\x5D-\\x7E]{1,64})")$`,
);
const SIGNATURE = new RegExp(`^${LABEL}=:([A-Za-z0-9+/]{43}=):$`);

/** The lifetime of a signature, and the largest difference between the clocks of gateway and subgraph, in seconds. */
export const SIGNATURE_WINDOW_SECONDS = 60;

export interface RequestToSign {
  readonly method: string;
  /** Path and query of the request line. */
  readonly target: string;
  readonly body: string;
  /** The addressed subgraph; others reject the request. */
  readonly subgraph: string;
  /** Value of {@link IDENTITY_HEADER}; undefined for anonymous clients. */
  readonly identity: string | undefined;
}

/** Returns the headers of a signed request: `content-digest`, `signature-input`, `signature`, and the identity if there is one. */
export function signRequest(request: RequestToSign, key: SigningKey, nowMs = Date.now()): Record<string, string> {
  const { identity, subgraph } = request;
  const digest = contentDigest(request.body);
  const covered = identity === undefined ? COMPONENTS : `${COMPONENTS} "${IDENTITY_HEADER}"`;
  const created = Math.floor(nowMs / 1000);
  const params = `(${covered});created=${created};keyid="${key.id}";alg="hmac-sha256";tag="${subgraph}"`;
  const signature = mac(key, signatureBase(request.method, request.target, digest, identity, params)).digest('base64');
  return {
    'content-digest': digest,
    'signature-input': `${LABEL}=${params}`,
    signature: `${LABEL}=:${signature}:`,
    ...(identity === undefined ? {} : { [IDENTITY_HEADER]: identity }),
  };
}

/** The reason of a rejection, for logs and metrics, never for the client. */
export type Refusal = 'unsigned' | 'malformed' | 'unknown-key' | 'other-subgraph' | 'out-of-time' | 'wrong-signature';

/** A received request: the components that a signature covers. The body is covered by its digest. */
export interface SignedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

export interface Verification {
  /** All accepted keys. */
  readonly keys: readonly SigningKey[];
  /** The verifying subgraph. */
  readonly subgraph: string;
  readonly nowMs?: number;
}

/**
 * Verifies the signature of a request before its body is read; {@link hasDigest} then verifies the body.
 *
 * @returns undefined for a valid signature, else the reason of the rejection
 */
export function refusalOf(request: SignedRequest, { keys, subgraph, nowMs }: Verification): Refusal | undefined {
  const { headers } = request;
  const { 'signature-input': input, signature: value, 'content-digest': digest, [IDENTITY_HEADER]: identity } = headers;
  if (input === undefined && value === undefined) return 'unsigned';
  if (typeof input !== 'string' || typeof value !== 'string' || typeof digest !== 'string') return 'malformed';
  const [, params, coversIdentity, created, keyId, tag] = SIGNATURE_INPUT.exec(input) ?? [];
  const [, sent] = SIGNATURE.exec(value) ?? [];
  if (params === undefined || sent === undefined) return 'malformed';
  if (identity !== undefined && typeof identity !== 'string') return 'malformed';
  // An identity that is not covered may be anybody's.
  if ((identity === undefined) !== (coversIdentity === undefined)) return 'malformed';
  const key = keys.find(({ id }) => id === keyId);
  if (key === undefined) return 'unknown-key';
  const expected = mac(key, signatureBase(request.method, request.target, digest, identity, params)).digest();
  if (!timingSafeEqual(expected, Buffer.from(sent, 'base64'))) return 'wrong-signature';
  if (tag !== subgraph) return 'other-subgraph';
  const age = (nowMs ?? Date.now()) / 1000 - Number(created);
  return Math.abs(age) > SIGNATURE_WINDOW_SECONDS ? 'out-of-time' : undefined;
}

/** Returns true when a body has the digest of a `content-digest` header. */
export function hasDigest(body: Buffer | string, digest: string): boolean {
  return contentDigest(body) === digest;
}

function contentDigest(body: Buffer | string): string {
  return `sha-256=:${hash('sha256', body, 'base64')}:`;
}

/** RFC 9421, section 2.5. A target without a query has the query `?` (section 2.2.7). */
function signatureBase(
  method: string,
  target: string,
  digest: string,
  identity: string | undefined,
  params: string,
): string {
  const at = target.indexOf('?');
  const [path, query] = at < 0 ? [target, '?'] : [target.slice(0, at), target.slice(at)];
  const identityLine = identity === undefined ? '' : `"${IDENTITY_HEADER}": ${identity}\n`;
  return `"@method": ${method}\n"@path": ${path}\n"@query": ${query}\n"content-digest": ${digest}\n${identityLine}"@signature-params": ${params}`;
}

function mac(key: SigningKey, base: string): Hmac {
  return createHmac('sha256', key.secret).update(base);
}
