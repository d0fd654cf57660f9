import { commaList, invalidConfig, url } from '@marquee/runtime/config';
import { z } from 'zod';
import { ALGORITHMS, type Algorithm, isSymmetric, type TokenSettings } from '../http/auth/token-verifier.ts';

const DEFAULT_ALGORITHMS: readonly Algorithm[] = ['RS256', 'ES256', 'EdDSA'];
const isAlgorithm = (name: string): name is Algorithm => (ALGORITHMS as readonly string[]).includes(name);

/** Settings of token verification, to spread into the gateway's schema; without any the gateway takes no tokens. */
export const authFields = {
  /** The claim `iss` that a token must have. */
  AUTH_ISSUER: z.string().optional(),
  /** Accepted values of the claim `aud`; a token needs one of them. */
  AUTH_AUDIENCE: commaList().optional(),
  AUTH_ALGORITHMS: commaList()
    .pipe(z.array(z.custom<Algorithm>((name) => isAlgorithm(String(name)), `must be of ${ALGORITHMS.join(', ')}`)))
    .optional(),
  /** URL of the issuer's keys; fetched with the first token, and when a token names an unknown key. */
  AUTH_JWKS_URL: url('https', 'http').optional(),
  /** The issuer's public key, PEM. */
  AUTH_PUBLIC_KEY_FILE: z.string().optional(),
  /** A secret shared with the issuer, its bytes as they are; for HS256, HS384 and HS512 alone. */
  AUTH_SECRET_FILE: z.string().optional(),
  /** The claim of a token that names the policies (`@policy`) that its bearer meets. */
  AUTH_POLICIES_CLAIM: z.string().optional(),
  /** The claims of a token that name what it permits: `scope`, `scp`, `permissions`. */
  AUTH_SCOPES_CLAIM: commaList().optional(),
  /** The values of the header `typ` of which a token must have one. */
  AUTH_TOKEN_TYPES: commaList().optional(),
};

export type AuthConfig = z.output<z.ZodObject<typeof authFields>>;

/**
 * Returns the settings of token verification; undefined when the gateway takes no tokens.
 *
 * @throws MarqueeError `INVALID_CONFIG` (exit code 2) that lists every mistake
 */
export function tokenSettings(config: AuthConfig): TokenSettings | undefined {
  const isSet = (name: keyof AuthConfig) => config[name] !== undefined;
  if (!(Object.keys(authFields) as (keyof AuthConfig)[]).some(isSet)) return undefined;
  const { AUTH_ISSUER: issuer, AUTH_AUDIENCE: audience, AUTH_ALGORITHMS: algorithms = DEFAULT_ALGORITHMS } = config;
  const { AUTH_POLICIES_CLAIM: policiesClaim, AUTH_SCOPES_CLAIM: scopesClaims, AUTH_TOKEN_TYPES: types } = config;
  const mistakes: string[] = [];
  for (const name of ['AUTH_ISSUER', 'AUTH_AUDIENCE'] as const) {
    if (!isSet(name)) mistakes.push(`${name}: is not set, but other AUTH_ settings are`);
  }
  const sources = (['AUTH_JWKS_URL', 'AUTH_PUBLIC_KEY_FILE', 'AUTH_SECRET_FILE'] as const).filter(isSet);
  if (sources.length !== 1) {
    mistakes.push(`AUTH_JWKS_URL, AUTH_PUBLIC_KEY_FILE, AUTH_SECRET_FILE: set one of them, not ${sources.length}`);
  }
  // A public key that is taken for a shared secret lets anybody sign: the two kinds are never accepted together (RFC 8725, section 3.1).
  if (algorithms.some(isSymmetric) !== isSet('AUTH_SECRET_FILE') || new Set(algorithms.map(isSymmetric)).size > 1) {
    mistakes.push('AUTH_ALGORITHMS: HS256, HS384 and HS512 go with AUTH_SECRET_FILE, all others with a public key');
  }
  if (mistakes.length > 0) throw invalidConfig(mistakes);
  return {
    issuer: issuer as string,
    audience: audience as string[],
    algorithms,
    ...(policiesClaim !== undefined && { policiesClaim }),
    ...(scopesClaims !== undefined && { scopesClaims }),
    ...(types !== undefined && { types }),
    key: keyOf(config),
  };
}

function keyOf(config: AuthConfig): TokenSettings['key'] {
  if (config.AUTH_JWKS_URL !== undefined) return { jwksUrl: config.AUTH_JWKS_URL };
  if (config.AUTH_PUBLIC_KEY_FILE !== undefined) return { publicKeyFile: config.AUTH_PUBLIC_KEY_FILE };
  return { secretFile: config.AUTH_SECRET_FILE as string };
}
