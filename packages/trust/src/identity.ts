/** The caller's identity, verified by the gateway. An anonymous caller is `undefined`. */
export interface Identity {
  /** The token's subject (`sub`): 1 to 255 characters without control characters. */
  readonly subject: string;
  /** Scopes of the token, each a `scope-token` of RFC 6749, section 3.3. */
  readonly scopes: readonly string[];
}

/** The signed header that carries an identity from the gateway to a subgraph. */
export const IDENTITY_HEADER = 'marquee-identity';

/** No quotation mark, no backslash and no blank (RFC 6749, section 3.3): scopes are joined by blanks and quoted in messages. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it keeps out
const SUBJECT = /^[^\u0000-\u001F\u007F-\u009F]{1,255}$/;

/**
 * Returns an identity of these parts; undefined when they are invalid. A space within a scope is rejected rather than split, since it would
 * turn one scope into two.
 */
export function toIdentity(subject: unknown, scopes: readonly unknown[]): Identity | undefined {
  if (typeof subject !== 'string' || !SUBJECT.test(subject) || !subject.isWellFormed()) return undefined;
  const tokens = new Set<string>();
  for (const scope of scopes) {
    if (typeof scope !== 'string' || !SCOPE_TOKEN.test(scope)) return undefined;
    tokens.add(scope);
  }
  return { subject, scopes: [...tokens] };
}

/** Encodes an identity for {@link IDENTITY_HEADER}: base64url of JSON with the claims `sub` and `scope`. */
export function encodeIdentity({ subject, scopes }: Identity): string {
  return Buffer.from(JSON.stringify({ sub: subject, scope: scopes.join(' ') })).toString('base64url');
}

/** Decodes a value of {@link IDENTITY_HEADER}; undefined when it holds no identity. */
export function decodeIdentity(value: string): Identity | undefined {
  let claims: unknown;
  try {
    claims = JSON.parse(Buffer.from(value, 'base64url').toString());
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null || !('sub' in claims) || !('scope' in claims)) return undefined;
  if (typeof claims.scope !== 'string') return undefined;
  return toIdentity(claims.sub, splitScope(claims.scope));
}

/** Splits a `scope` claim at its spaces (RFC 8693, section 4.2). */
export function splitScope(scope: string): string[] {
  return scope.split(' ').filter((token) => token !== '');
}
